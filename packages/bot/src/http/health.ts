/** What `/healthz` answers. */
export interface HealthReport {
  /** Liveness: false only when a restart would help. */
  readonly alive: boolean;
  /** Whether joins can be served now. */
  readonly ready: boolean;
  /** Why not ready, as stable codes. */
  readonly problems: readonly string[];
  readonly version: string;
  readonly uptimeSeconds: number;
  readonly gateway: string;
  readonly sessions: number;
  readonly recordings: number;
  readonly muxQueue: number;
  readonly store: {
    readonly driver: string;
    readonly pending: number;
    readonly dropped: number;
    readonly failures: number;
  };
  /** null where it cannot be read. */
  readonly freeBytes: number | null;
}
