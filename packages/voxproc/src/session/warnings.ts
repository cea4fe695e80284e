import type { Clock, WarningCode } from '@parley/protocol';

/** A warning that goes on is repeated after this, milliseconds. */
const REPEAT_MS = 10_000;

export interface Warning {
  readonly code: WarningCode;
  readonly message: string;
  readonly userId?: string;
  readonly details?: Record<string, unknown>;
}

/** Warnings on their way to the supervisor: each code (and person) at most once in ten seconds, with the number held back. */
export class Warnings {
  #clock: Clock;
  #tell: (warning: Warning) => void;
  #told = new Map<string, { atMs: number; heldBack: number }>();

  constructor(clock: Clock, tell: (warning: Warning) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  warn(warning: Warning): void {
    const key = `${warning.code} ${warning.userId ?? ''}`;
    const nowMs = this.#clock.monotonicUs() / 1000;
    const last = this.#told.get(key);
    if (last && nowMs - last.atMs < REPEAT_MS) {
      last.heldBack += 1;
      return;
    }
    this.#told.set(key, { atMs: nowMs, heldBack: 0 });
    const heldBack = last?.heldBack ?? 0;
    this.#tell(heldBack === 0 ? warning : { ...warning, details: { ...warning.details, heldBack } });
  }
}
