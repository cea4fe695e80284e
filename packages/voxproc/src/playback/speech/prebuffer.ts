/** Milliseconds of audio gathered before an utterance plays: at least, at most, more after running dry, less after going well. */
const MIN_MS = 60;
const MAX_MS = 200;
const GROW_MS = 60;
const SHRINK_MS = 20;

/** How much is gathered before playing: more when a provider has been too slow, slowly less when it has not. */
export class Prebuffer {
  #ms = MIN_MS;
  #underruns = 0;

  get ms(): number {
    return this.#ms;
  }

  /** Times an utterance ran dry. */
  get underruns(): number {
    return this.#underruns;
  }

  ranDry(): void {
    this.#underruns += 1;
    this.#ms = Math.min(MAX_MS, this.#ms + GROW_MS);
  }

  /** An utterance was played without running dry. */
  wentWell(): void {
    this.#ms = Math.max(MIN_MS, this.#ms - SHRINK_MS);
  }
}
