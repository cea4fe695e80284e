import type { Clock } from '@parley/protocol';
import type { TranscriberEvent, Transcript } from '../transcriber.ts';

type Result =
  | { readonly type: 'final'; readonly transcript: Transcript }
  | { readonly type: 'failed'; readonly code: string; readonly message: string };

interface Piece {
  readonly id: string;
  result: Result | null;
}

/** How long a piece may hold up the ones that are ready behind it, or its own end. */
const patienceMs = 15_000;

/** Tells what became of committed pieces in the order of the commits, each once; one nothing is heard of fails. */
export class PiecesInOrder implements Disposable {
  readonly #clock: Clock;
  readonly #tell: (event: TranscriberEvent) => void;
  readonly #pieces: Piece[] = [];
  #timer: Disposable | null = null;

  constructor(clock: Clock, tell: (event: TranscriberEvent) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  commit(id: string): void {
    this.#pieces.push({ id, result: null });
    this.#watch();
  }

  /** All that is understood so far of a piece that has no result yet. */
  partial(id: string, text: string): void {
    if (this.#pieces.some((piece) => piece.id === id && piece.result === null))
      this.#tell({ type: 'partial', id, text });
  }

  settle(id: string, result: Result): void {
    const piece = this.#pieces.find((one) => one.id === id);
    if (piece === undefined || piece.result !== null) return;
    piece.result = result;
    this.#release();
  }

  /** Nothing more comes: what has no result fails. */
  end(code: string, message: string): void {
    for (const piece of this.#pieces) piece.result ??= { type: 'failed', code, message };
    this.#release();
    this[Symbol.dispose]();
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
  }

  #release(): void {
    const before = this.#pieces.length;
    for (let next = this.#pieces[0]; next?.result != null; next = this.#pieces[0]) {
      this.#pieces.shift();
      this.#tell({ id: next.id, ...next.result });
    }
    if (this.#pieces.length === before) return;
    this[Symbol.dispose]();
    this.#watch();
  }

  #watch(): void {
    if (this.#timer !== null || this.#pieces.length === 0) return;
    this.#timer = this.#clock.setTimeout(() => {
      this.#timer = null;
      const [head] = this.#pieces;
      const message = `no transcript within ${patienceMs / 1000} s`;
      if (head !== undefined) this.settle(head.id, { type: 'failed', code: 'transcript_late', message });
    }, patienceMs);
  }
}
