import type { Clock } from '@parley/protocol';

/** Outages are told of at most this often, ms. */
export const outageGapMs = 120_000;

export interface OutageNoticeOptions<Outage> {
  readonly clock: Clock;
  /** Must not throw. */
  readonly tell: { lost(outage: Outage): void; back(): void };
}

/**
 * Tells people that an agent has fallen silent, and that it can answer again. One that comes and goes is told of once per gap:
 * what was not told in time is told at its end if it is still so, and the end of an outage nobody was told of is not told.
 */
export class OutageNotice<Outage> implements Disposable {
  readonly #options: OutageNoticeOptions<Outage>;
  #outage: Outage | null = null;
  #told = false;
  #toldAtMs = Number.NEGATIVE_INFINITY;
  #timer: Disposable | null = null;
  #disposed = false;

  constructor(options: OutageNoticeOptions<Outage>) {
    this.#options = options;
  }

  /** Whether it is silent now, told or not. */
  get isOut(): boolean {
    return this.#outage !== null;
  }

  /** It is silent; told once until it is back. */
  lost(outage: Outage): void {
    if (this.#outage !== null || this.#disposed) return;
    this.#outage = outage;
    const waitMs = this.#toldAtMs + outageGapMs - this.#nowMs;
    if (waitMs <= 0) this.#tell(outage);
    else this.#timer = this.#options.clock.setTimeout(() => this.#tell(outage), Math.ceil(waitMs));
  }

  /** It can answer again. */
  back(): void {
    if (this.#told) this.#options.tell.back();
    this.#forget();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    this.#forget();
  }

  #tell(outage: Outage): void {
    this.#told = true;
    this.#toldAtMs = this.#nowMs;
    this.#options.tell.lost(outage);
  }

  #forget(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
    this.#outage = null;
    this.#told = false;
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }
}
