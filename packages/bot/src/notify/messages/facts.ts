import type { ExportFormat } from '@parley/mux';

/** A finished export. */
export interface ExportFacts {
  readonly kind: 'export' | 'clip';
  readonly format: ExportFormat;
  readonly durationMs: number;
  readonly sizeBytes: number;
  /** Who is in it. */
  readonly people: readonly string[];
  readonly requestedByUserId: string;
}

/** A place in a recording where something was said. */
export interface SpokenPlace {
  readonly recordingSessionId: string;
  readonly channelId: string;
  /** Of the recording. */
  readonly startTime: number;
  readonly userId: string;
  readonly atMs: number;
  /** The page at this place; null: there are none. */
  readonly link: string | null;
}
