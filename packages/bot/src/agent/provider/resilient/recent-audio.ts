/** Audio that is kept for another socket, ms; the oldest goes first. */
const keptMs = 10_000;
/** Turns that are kept. */
const maxTurns = 4;

export interface RecentTurn {
  readonly turnId: string;
  readonly pieces: readonly Uint8Array[];
  readonly ended: boolean;
}

interface Turn {
  readonly turnId: string;
  readonly pieces: Uint8Array[];
  bytes: number;
  ended: boolean;
}

/**
 * Turns of audio that the provider has not shown to have understood: what waits while there is no socket, and what a socket that
 * breaks takes with it. Bounded by time and by turns; what is dropped is counted in milliseconds.
 */
export class RecentAudio {
  readonly #rate: number;
  #turns: Turn[] = [];
  droppedMs = 0;

  /** @param rate of the audio, Hz */
  constructor(rate: number) {
    this.#rate = rate;
  }

  get turns(): readonly RecentTurn[] {
    return this.#turns;
  }

  begin(turnId: string): void {
    this.#turns.push({ turnId, pieces: [], bytes: 0, ended: false });
    for (const { bytes } of this.#turns.splice(0, this.#turns.length - maxTurns)) this.droppedMs += this.#ms(bytes);
  }

  /** Copies the audio: its buffer may be a view. */
  append(pcm: Uint8Array): void {
    const turn = this.#open;
    if (!turn) return;
    turn.pieces.push(Uint8Array.from(pcm));
    turn.bytes += pcm.length;
    while (this.#ms(this.#bytes) > keptMs) this.#dropOldest();
  }

  clear(): void {
    if (this.#open) this.#turns.pop();
  }

  end(): void {
    if (this.#open) this.#open.ended = true;
  }

  /** The provider has understood a turn. */
  forget(turnId: string): void {
    this.#turns = this.#turns.filter((turn) => turn.turnId !== turnId);
  }

  /** The provider answers what has ended. */
  forgetEnded(): void {
    this.#turns = this.#turns.filter(({ ended }) => !ended);
  }

  get #open(): Turn | null {
    const last = this.#turns.at(-1);
    return last && !last.ended ? last : null;
  }

  get #bytes(): number {
    return this.#turns.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  #ms(bytes: number): number {
    return (bytes / 2 / this.#rate) * 1000;
  }

  #dropOldest(): void {
    const turn = this.#turns.find(({ pieces }) => pieces.length > 0);
    const piece = turn?.pieces.shift();
    if (!turn || !piece) throw new TypeError('RecentAudio: its bytes are miscounted');
    turn.bytes -= piece.length;
    this.droppedMs += this.#ms(piece.length);
  }
}
