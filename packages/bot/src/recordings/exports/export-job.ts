import type { ExportFormat } from '@parley/mux';

/** Part of a recording somebody wants as a file; times as `parley-mux` reads them. */
export interface ExportJob {
  /** `clip`: the last seconds, of those who consent as long as it is on its way. */
  readonly kind: 'export' | 'clip';
  readonly recordingSessionId: string;
  /** Absolute path of the recording. */
  readonly folder: string;
  readonly guildId: string;
  /** Where it is told and, as the guild has it, delivered. */
  readonly textChannelId: string;
  readonly requestedByUserId: string;
  readonly format: ExportFormat;
  readonly from: string | null;
  readonly to: string | null;
  readonly lastSeconds: number | null;
  readonly cutPauses: boolean;
}

/**
 * The command line of `parley-mux` for a job, writing to `out` and leaving people out. Values stand behind `=`, so that none is taken for
 * a flag. Pure.
 */
export const exportArguments = (
  { kind, folder, format, from, to, lastSeconds, cutPauses }: ExportJob,
  out: string,
  without: readonly string[],
): string[] => [
  folder,
  '--json',
  '--fetch-ffmpeg',
  `--export=${format}`,
  `--out=${out}`,
  ...(from === null ? [] : [`--from=${from}`]),
  ...(to === null ? [] : [`--to=${to}`]),
  ...(lastSeconds === null ? [] : [`--last=${lastSeconds}`]),
  ...(cutPauses ? ['--cut-pauses'] : []),
  ...(kind === 'clip' ? ['--consenting'] : []),
  ...(without.length === 0 ? [] : [`--without=${without.join(',')}`]),
];
