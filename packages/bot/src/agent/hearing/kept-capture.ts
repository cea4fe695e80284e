/** What was kept of a capture may be longer than it by its pre-roll and a piece, ms. */
const slackMs = 2000;

export interface KeptCaptureOptions {
  readonly captureId: string;
  /** Whose voice it is: fixed from its start on, whatever is said. */
  readonly userId: string;
  /** Hz; s16le mono. */
  readonly rate: number;
  /** Longest it may be, ms. */
  readonly maxMs: number;
}

/** Told of what comes of a capture; must not throw. */
export interface CaptureReader {
  audio(pcm: Uint8Array): void;
  ended(): void;
}

/** A stretch of one person's speech, kept in memory from its pre-roll on until it is decided whom it was for. */
export class KeptCapture {
  readonly captureId: string;
  readonly userId: string;
  readonly rate: number;
  readonly #maxBytes: number;
  #pieces: Uint8Array[] = [];
  #bytes = 0;
  #dropped = 0;
  #ended = false;
  #gone = false;
  readonly #readers = new Set<CaptureReader>();

  constructor({ captureId, userId, rate, maxMs }: KeptCaptureOptions) {
    this.captureId = captureId;
    this.userId = userId;
    this.rate = rate;
    this.#maxBytes = Math.ceil(((maxMs + slackMs) / 1000) * rate) * 2;
  }

  get ms(): number {
    return this.#msOf(this.#bytes);
  }

  /** Milliseconds that did not fit. */
  get droppedMs(): number {
    return this.#msOf(this.#dropped);
  }

  /** Nothing more comes of it. */
  get hasEnded(): boolean {
    return this.#ended;
  }

  /** It was forgotten: nothing of it may go anywhere. */
  get isGone(): boolean {
    return this.#gone;
  }

  /** Keeps a piece. @param pcm a view: it is copied */
  add(pcm: Uint8Array): void {
    if (this.#ended || this.#gone) return;
    if (this.#bytes + pcm.length > this.#maxBytes) {
      this.#dropped += pcm.length;
      return;
    }
    // `slice` of a Buffer would be a view as well.
    const copy = Uint8Array.from(pcm);
    this.#pieces.push(copy);
    this.#bytes += copy.length;
    for (const reader of [...this.#readers]) reader.audio(copy);
  }

  end(): void {
    if (this.#ended || this.#gone) return;
    this.#ended = true;
    for (const reader of [...this.#readers]) reader.ended();
  }

  /** Gives a reader all that was kept, at once, and then what comes. Disposing ends it. */
  read(reader: CaptureReader): Disposable {
    if (!this.#gone) {
      for (const piece of this.#pieces) reader.audio(piece);
      this.#readers.add(reader);
      if (this.#ended) reader.ended();
    }
    return { [Symbol.dispose]: () => void this.#readers.delete(reader) };
  }

  /** All that was kept, in one. */
  whole(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }

  /** Forgets everything of it. */
  forget(): void {
    this.#gone = true;
    this.#readers.clear();
    this.#pieces = [];
    this.#bytes = 0;
  }

  #msOf(bytes: number): number {
    return (bytes / 2 / this.rate) * 1000;
  }
}
