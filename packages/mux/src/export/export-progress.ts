/** Turns the progress of weighted parts into that of the whole, and reports it in steps of a hundredth; it never goes back. */
export class ExportProgressMeter {
  readonly #report: (fraction: number) => void;
  readonly #total: number;
  #done = 0;
  #last = 0;

  /** @param weights what each part costs, in any unit, in the order in which they are made */
  constructor(weights: readonly number[], report: ((fraction: number) => void) | undefined) {
    this.#total = Math.max(
      Number.MIN_VALUE,
      weights.reduce((sum, weight) => sum + weight, 0),
    );
    this.#report = report ?? (() => {});
  }

  /** A part of this weight is done to this share, 0 to 1. */
  at(weight: number, share: number): void {
    this.#tell(this.#done + weight * Math.min(Math.max(share, 0), 1));
  }

  /** A part of this weight is done, and the next begins. */
  finished(weight: number): void {
    this.#done += weight;
    this.#tell(this.#done);
  }

  #tell(done: number): void {
    const fraction = Math.min(1, Math.floor((done / this.#total) * 100 + 1e-6) / 100);
    if (fraction <= this.#last) return;
    this.#last = fraction;
    this.#report(fraction);
  }
}
