/** A person without packets for this long has stopped, in microseconds (the measure Discord's clients and libraries use). */
export const SPEAKING_US = 100_000;

/** Who is speaking, by packets alone. */
export class SpeakingWatch {
  readonly #lastUs = new Map<string, number>();
  readonly #onChange: (userId: string, speaking: boolean) => void;

  constructor(onChange: (userId: string, speaking: boolean) => void) {
    this.#onChange = onChange;
  }

  /** A packet of a person arrived at `nowUs`. */
  heard(userId: string, nowUs: number): void {
    const isNew = !this.#lastUs.has(userId);
    this.#lastUs.set(userId, nowUs);
    if (isNew) this.#onChange(userId, true);
  }

  /** A person will not be heard any more. */
  silence(userId: string): void {
    if (this.#lastUs.delete(userId)) this.#onChange(userId, false);
  }

  /** Tells who has stopped by `nowUs`. */
  advance(nowUs: number): void {
    for (const [userId, lastUs] of this.#lastUs) if (nowUs - lastUs >= SPEAKING_US) this.silence(userId);
  }
}
