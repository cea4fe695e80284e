/** How long captures outlast not hearing anything, microseconds: nobody can be heard to be silent meanwhile. */
export const OUTLAST_US = 5_000_000;

/** Why nobody can be heard: the connection is lost, or there are no keys for what comes. */
export type DeafCause = 'connection' | 'keys';

/** Since when somebody could have been heard, had they spoken. Instants of CLOCK_MONOTONIC, microseconds. */
export class Deafness {
  readonly #causes = new Set<DeafCause>();
  /** Since when nobody can be heard; null while they can. */
  #sinceUs: number | null = null;
  #listeningUs = Number.NEGATIVE_INFINITY;

  begins(cause: DeafCause, nowUs: number): void {
    this.#causes.add(cause);
    this.#sinceUs ??= nowUs;
  }

  ends(cause: DeafCause, nowUs: number): void {
    this.#causes.delete(cause);
    if (this.#sinceUs === null || this.#causes.size > 0) return;
    this.#listeningUs = this.listeningSinceUs(nowUs);
    this.#sinceUs = null;
  }

  listeningSinceUs(nowUs: number): number {
    return this.#sinceUs === null ? this.#listeningUs : Math.min(nowUs, this.#sinceUs + OUTLAST_US);
  }
}
