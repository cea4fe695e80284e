import { markForErasure } from '../erase/erase-person.ts';
import { findFfmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { type MuxResult, muxRecording } from '../job/mux-recording.ts';
import { isLive, openRecording } from '../job/open-recording.ts';
import type { MuxProgress } from '../job/progress.ts';
import { writeSmallCopy } from '../job/small-copy.ts';
import { MuxError, muxErrorAdvice, systemCode } from '../mux-error.ts';
import { formatReport } from '../verify/format-report.ts';
import { verifyRecording } from '../verify/verify-recording.ts';
import { type CliArguments, readArguments, usage } from './arguments.ts';
import { exitCode, exitCodeOf } from './exit-codes.ts';
import { runExport } from './run-export.ts';

/** What the command writes to. */
export interface CliOutput {
  /** One line to stdout. */
  out(line: string): void;
  /** One line to stderr. */
  err(line: string): void;
}

export interface CliContext {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly output: CliOutput;
  readonly signal: AbortSignal;
}

const seconds = (samples: number): string => `${(samples / 48_000).toFixed(1)} s`;

const tellResult = (
  { session, timeline, tracks, recovered, erased }: MuxResult,
  mode: CliArguments['mode'],
): string => {
  const parts = [
    ...(recovered.length > 0 ? [`${recovered.length} files of a killed process made whole`] : []),
    ...(mode === 'recover' || mode === 'peaks'
      ? []
      : [`${tracks.length} tracks of ${seconds(timeline.durationSamples)}`]),
  ];
  if (mode !== 'mux' && mode !== 'erase')
    return parts.join(', ') || (mode === 'peaks' ? 'the levels are written' : 'every file is whole');
  for (const { segments, lines, foreign } of erased) {
    parts.push(`${segments} segments and ${lines} journal lines of a person erased`);
    if (foreign.length > 0) parts.push(`not Parley's, look into them yourself: ${foreign.join(', ')}`);
  }
  const { status, outputFile, loudness, skipped, mux } = session;
  if (skipped.length > 0) parts.push(`${skipped.length} files skipped`);
  if (loudness !== null) parts.push(`${loudness.integrated} LUFS, true peak ${loudness.truePeak} dBTP`);
  if (mux !== null) parts.push(`${mux.timesRealtime} times real time`);
  return `${status}: ${outputFile ?? 'no mix'}, ${parts.join(', ')}`;
};

const doneLine = (result: MuxResult): string => {
  const { session, sessionWritten, timeline, error } = result;
  return JSON.stringify({
    type: 'done',
    status: sessionWritten ? session.status : 'pending',
    outputFile: session.outputFile,
    durationMs: timeline.durationSamples / 48,
    skipped: session.skipped.length,
    recovered: result.recovered.length,
    ...(result.erased.length > 0 && {
      erased: result.erased.length,
      foreign: [...new Set(result.erased.flatMap((one) => one.foreign))],
    }),
    ...(result.warnings.length > 0 && { warnings: result.warnings.map(({ code, message }) => `${code}: ${message}`) }),
    ...(error !== null && { code: error.code, error: error.message }),
  });
};

const runMux = async (options: CliArguments, { env, output, signal }: CliContext): Promise<number> => {
  const { json, mode } = options;
  let told = '';
  const tellProgress = ({ phase, fraction }: MuxProgress): void => {
    // People get a line for every tenth; a program gets every percent.
    const line = `${phase} ${Math.floor(fraction * 10) * 10} %`;
    if (json) output.out(JSON.stringify({ type: 'progress', phase, fraction }));
    else if (line !== told) output.err(line);
    told = line;
  };
  const result = await muxRecording(options.folder, {
    only: mode === 'tracks' || mode === 'peaks' || mode === 'recover' ? mode : 'all',
    force: options.force,
    signal,
    engine: options.mix.engine,
    ...(options.mix.jobs !== undefined && { jobs: options.mix.jobs }),
    targetLufs: options.mix.targetLufs,
    ffmpeg: {
      ...{ env, dataDir: options.dataDir, allowFetch: options.fetchFfmpeg },
      onProgress: (line) => output.err(line),
    },
    onProgress: tellProgress,
  });
  if (json) output.out(doneLine(result));
  else output.out(tellResult(result, mode));
  for (const { code, message } of result.warnings)
    output.err(`parley-mux: the levels are missing: ${code}: ${message}`);
  if (result.error === null) return exitCode.done;
  tellError(result.error, output);
  return exitCodeOf[result.error.code];
};

const tellError = (error: MuxError, output: CliOutput): void => {
  output.err(`parley-mux: ${error.code}: ${error.message}`);
  output.err(muxErrorAdvice[error.code]);
};

const runVerify = async ({ folder, json }: CliArguments, { output, signal }: CliContext): Promise<number> => {
  const report = await verifyRecording(folder, signal);
  if (json) {
    for (const check of report.checks) output.out(JSON.stringify({ type: 'check', ...check }));
    output.out(JSON.stringify({ type: 'verified', ok: report.ok }));
  } else {
    output.out(formatReport(report));
  }
  return report.ok ? exitCode.done : exitCode.faultsFound;
};

/** The mark first: whatever happens then, nobody mixes this person again. */
const runErase = async (options: CliArguments, context: CliContext): Promise<number> => {
  const recording = openRecording(options.folder);
  if (!options.force && isLive(recording)) {
    throw new MuxError('recording_live', 'This recording is still running; opt the person out in Discord instead.');
  }
  await markForErasure(recording.layout, options.userId);
  return await runMux(options, context);
};

const runSmall = async (options: CliArguments, { env, output, signal }: CliContext): Promise<number> => {
  const { folder, json, maxBytes, dataDir, fetchFfmpeg: allowFetch } = options;
  const { mix, small } = openRecording(folder).layout;
  const ffmpeg = await findFfmpeg({ env, dataDir, allowFetch, onProgress: (line) => output.err(line) });
  const { bytes, bitrate } = await writeSmallCopy({ ffmpeg, mix, path: small, maxBytes, signal });
  output.out(
    json
      ? JSON.stringify({ type: 'small', file: small, bytes, bitrate })
      : `${small}: ${bytes} bytes, ${bitrate} bit/s`,
  );
  return exitCode.done;
};

const modes = {
  mux: runMux,
  tracks: runMux,
  peaks: runMux,
  recover: runMux,
  verify: runVerify,
  small: runSmall,
  erase: runErase,
  export: runExport,
} as const satisfies Record<CliArguments['mode'], (options: CliArguments, context: CliContext) => Promise<number>>;

/** Runs the command. Never throws for what can go wrong with a recording. @returns the exit code */
export const runCli = async (context: CliContext): Promise<number> => {
  const { args, env, output, signal } = context;
  const parsed = readArguments(args, env);
  if (parsed.kind === 'help') {
    output.out(usage);
    return exitCode.done;
  }
  if (parsed.kind === 'wrong') {
    output.err(`parley-mux: ${parsed.problem}`);
    output.err(usage);
    return exitCode.usage;
  }
  try {
    return await modes[parsed.mode](parsed, context);
  } catch (thrown) {
    const error = asKnown(thrown, signal);
    if (error === null) throw thrown;
    if (parsed.json) output.out(JSON.stringify({ type: 'error', code: error.code, message: error.message }));
    tellError(error, output);
    return exitCodeOf[error.code];
  }
};

const asKnown = (error: unknown, signal: AbortSignal): MuxError | null => {
  if (error instanceof MuxError) return error;
  if (signal.aborted) return new MuxError('aborted', 'The job was stopped.', { cause: error });
  return systemCode(error) === null ? null : new MuxError('disk_failed', (error as Error).message, { cause: error });
};
