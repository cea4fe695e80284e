/** The parts of a job in order, each with the share of the whole at which it ends. */
export const muxPhases = {
  segments: 0.04,
  tracks: 0.08,
  mix: 0.78,
  measure: 0.92,
  peaks: 0.98,
  write: 1,
} as const;

export type MuxPhase = keyof typeof muxPhases;

export interface MuxProgress {
  readonly phase: MuxPhase;
  /** Share of the whole job that is done, 0 to 1; never goes back. */
  readonly fraction: number;
}

/** Turns the progress of parts into that of the whole, and reports in steps of one percent. */
export class ProgressMeter {
  readonly #report: (progress: MuxProgress) => void;
  #last = -1;

  constructor(report: (progress: MuxProgress) => void) {
    this.#report = report;
  }

  /** `part` is the share of the phase that is done, 0 to 1. */
  at(phase: MuxPhase, part: number): void {
    const ends: number[] = Object.values(muxPhases);
    const end = muxPhases[phase];
    const start = ends[ends.indexOf(end) - 1] ?? 0;
    const fraction = Math.floor((start + (end - start) * Math.min(Math.max(part, 0), 1)) * 100) / 100;
    if (fraction <= this.#last) return;
    this.#last = fraction;
    this.#report({ phase, fraction });
  }
}
