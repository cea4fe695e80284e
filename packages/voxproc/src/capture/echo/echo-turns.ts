/** How often one person is compared at most, microseconds. */
const EVERY_US = 100_000;
/** One comparison costs about 2 ms: of everybody together one in a frame's time, with room for how packets come. Microseconds. */
const FRAME_US = 20_000;
const SLACK_US = 5_000;

/**
 * Whose turn it is to be compared with what the bot played. Many who speak at once share what one thread can do beside receiving and
 * playing: they are compared less often, never all in one frame's time.
 */
export class EchoTurns {
  readonly #people: () => number;
  readonly #nowUs: () => number;
  #lastUs = Number.NEGATIVE_INFINITY;

  /** `people`: how many share the turns now; `nowUs`: CLOCK_MONOTONIC, microseconds. */
  constructor(people: () => number, nowUs: () => number) {
    this.#people = people;
    this.#nowUs = nowUs;
  }

  /** Takes a turn, if there is one, for somebody who had the last one `agoUs` ago (microseconds). */
  take(agoUs: number): boolean {
    const nowUs = this.#nowUs();
    if (agoUs < Math.max(EVERY_US, this.#people() * FRAME_US) || nowUs - this.#lastUs < FRAME_US - SLACK_US)
      return false;
    this.#lastUs = nowUs;
    return true;
  }
}
