/** Where in its life a child was when it went. */
export type ChildPhase = 'booting' | 'ready' | 'closing';

/** How a voxproc ended: for the crash report and for the decision to start another. */
export interface ChildExit {
  readonly pid: number;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly phase: ChildPhase;
  /** The last lines it wrote to stderr, oldest first. */
  readonly tail: readonly string[];
}

/** One line for a log or an error message. */
export const describeExit = ({ pid, code, signal, phase }: ChildExit): string =>
  `voxproc ${pid} ended while ${phase} (${signal ? `signal ${signal}` : `exit code ${code}`})`;
