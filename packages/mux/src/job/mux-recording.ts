import { existsSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import { performance } from 'node:perf_hooks';
import { collectAll } from '../collect-young.ts';
import type { Erased } from '../erase/erase-person.ts';
import { readMarks } from '../erase/person-mark.ts';
import type { FindFfmpegOptions } from '../ffmpeg/find-ffmpeg.ts';
import { recordingLayout } from '../formats/recording-layout.ts';
import type { SessionFile } from '../formats/session-file.ts';
import { chooseEngine, jobsFor } from '../mix/choose-engine.ts';
import type { EngineWish } from '../mix/engine-wish.ts';
import { MuxError, systemCode } from '../mux-error.ts';
import { writePeaks } from '../peaks/write-peaks.ts';
import type { Timeline } from '../timeline/timeline.ts';
import { chapterComments } from '../tracks/chapters.ts';
import { serialOf, type TrackResult } from '../tracks/write-track.ts';
import { version } from '../version.ts';
import { type Prepared, prepareMux } from './prepare-mux.ts';
import { type MuxProgress, ProgressMeter } from './progress.ts';
import { finishSession, type SessionOutcome, somethingIsMissing } from './session-result.ts';
import { writeJson } from './write-atomically.ts';
import { writeMix } from './write-mix.ts';
import { writeTracks } from './write-tracks.ts';

export interface MuxOptions {
  /**
   * `all` by default; `recover` repairs files only, `tracks` writes person tracks too and leaves session.json alone, `peaks` writes the
   * levels of the tracks that are there.
   */
  readonly only?: 'all' | 'tracks' | 'peaks' | 'recover';
  readonly ffmpeg?: FindFfmpegOptions;
  /** How the mix is made; `auto` by default. */
  readonly engine?: EngineWish;
  /** Processes that mix at once, 0 = one for each core; 1 by default. */
  readonly jobs?: number;
  /** LUFS that players are told to bring the mix to; null, the default, leaves it as it is. */
  readonly targetLufs?: number | null;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: MuxProgress) => void;
  /** Work on a recording although an audio process seems to write into it. */
  readonly force?: boolean;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

export interface MuxResult {
  /** What session.json says now; with `only` other than `all`, what it said before. */
  readonly session: SessionFile;
  /** False when session.json could not be written: the job stays pending. */
  readonly sessionWritten: boolean;
  readonly timeline: Timeline;
  readonly recovered: readonly string[];
  readonly tracks: readonly TrackResult[];
  /** People who were marked to be erased, and were, before anything else was done. */
  readonly erased: readonly Erased[];
  /** Why there is no mix, or why session.json could not be written. */
  readonly error: MuxError | null;
  /** What went wrong beside the mix, which is as good without it. */
  readonly warnings: readonly MuxError[];
}

/** What is thrown inside the job as an error with a code: aborts and the file system's errors get theirs. */
const asMuxError = (error: unknown, signal: AbortSignal | undefined): MuxError => {
  if (error instanceof MuxError) return error;
  if (signal?.aborted === true) return new MuxError('aborted', 'The job was stopped.', { cause: error });
  if (systemCode(error) === null) throw error;
  return new MuxError('disk_failed', (error as Error).message, { cause: error });
};

/** What the mix says of itself: where it is from, and what there is to jump to. */
const mixComments = ({ session, timeline }: Prepared): Record<string, string> => ({
  ...(session.channelName !== '' && { TITLE: session.channelName }),
  PARLEY_RECORDING: session.recordingSessionId,
  ...chapterComments(
    timeline.holes.filter(({ userId }) => userId === undefined),
    timeline.durationSamples,
    timeline.markers,
  ),
});

interface Produced {
  readonly outcome: SessionOutcome;
  readonly tracks: readonly TrackResult[];
  readonly error: MuxError | null;
  /** The levels of the tracks by user id, where making the mix found them. */
  readonly levels: ReadonlyMap<string, Uint8Array>;
}

const noLevels: ReadonlyMap<string, Uint8Array> = new Map();

/** Tracks, mix, measure: everything between the plan and session.json. Failures become part of the outcome. */
const produce = async (prepared: Prepared, options: MuxOptions, meter: ProgressMeter): Promise<Produced> => {
  const { layout, timeline, paths, session } = prepared;
  const now = options.now ?? (() => performance.now());
  const startedAt = now();
  const { signal } = options;
  const versions = { parleyMux: version, node: process.versions.node };
  const none = { outputFile: null, loudness: null, mux: null, error: null, versions };
  let tracks: readonly TrackResult[] = [];
  try {
    tracks = await writeTracks({
      ...{ layout, timeline, signal, paths, recordingSessionId: session.recordingSessionId },
      onProgress: (fraction) => meter.at('tracks', fraction),
    });
    if (tracks.length === 0) {
      if (prepared.skipped.some(({ reason }) => reason === 'damaged')) {
        throw new MuxError('nothing_readable', 'There are segments of people, but none of them can be read.');
      }
      rmSync(layout.mix, { force: true });
      return { outcome: { ...none, status: 'empty' }, tracks, error: null, levels: noLevels };
    }
    const sources = tracks.map(({ path }) => ({ userId: basename(path, '.ogg'), track: path }));
    // What was read to plan the recording is of no use any more.
    collectAll();
    const chosen = await chooseEngine({
      wish: options.engine ?? 'auto',
      sources,
      ffmpeg: options.ffmpeg ?? {},
      signal,
    });
    const { loudness, engine, levels } = await writeMix({
      ...{ chosen, signal, durationSamples: timeline.durationSamples, path: layout.mix },
      sources,
      comments: mixComments(prepared),
      serial: serialOf(session.recordingSessionId),
      jobs: jobsFor(options.jobs),
      targetLufs: options.targetLufs ?? null,
      onProgress: (phase, part) => meter.at(phase, part),
    });
    const ms = Math.max(1, Math.round(now() - startedAt));
    const mux = { engine, ms, timesRealtime: Math.round(timeline.durationSamples / 4.8 / ms) / 10 };
    const status = somethingIsMissing([...prepared.skipped, ...timeline.skipped]) ? 'partial' : 'completed';
    const { ffmpeg } = chosen;
    const used = { ...versions, ...(ffmpeg !== null && { ffmpeg: ffmpeg.version }) };
    const done = { ...none, outputFile: 'full.ogg', loudness, mux, versions: used };
    return { outcome: { ...done, status }, tracks, error: null, levels };
  } catch (thrown) {
    const error = asMuxError(thrown, signal);
    if (error.code === 'aborted') throw error;
    const failed = { ...none, status: 'failed' as const, error: `${error.code}: ${error.message}` };
    return { outcome: failed, tracks, error, levels: noLevels };
  }
};

/** The levels of the tracks, for showing them. A recording is complete without: a failure is a warning, an abort is none. */
const drawPeaks = async (
  { layout, timeline }: Prepared,
  { signal }: MuxOptions,
  meter: ProgressMeter,
  known: ReadonlyMap<string, Uint8Array>,
): Promise<readonly MuxError[]> => {
  const userIds = timeline.people.map(({ userId }) => userId).filter((userId) => existsSync(layout.track(userId)));
  try {
    const job = { layout, durationSamples: timeline.durationSamples, userIds, known, signal };
    await writePeaks({ ...job, onProgress: (fraction) => meter.at('peaks', fraction) });
    return [];
  } catch (thrown) {
    const error = asMuxError(thrown, signal);
    if (error.code === 'aborted') throw error;
    return [error];
  }
};

/**
 * The mux of one recording, from its folder and journals alone: recovers what a killed writer left, lays each person's track, mixes
 * them, and writes `full.ogg` and `session.json`. Can be killed at any moment and run again, any number of times.
 * @throws MuxError `not_a_recording`, `recording_live`, `busy`, `disk_failed` (before anything was made), `aborted`
 */
export const muxRecording = async (folder: string, options: MuxOptions = {}): Promise<MuxResult> => {
  const erased: Erased[] = [];
  for (;;) {
    const result = await muxOnce(folder, options);
    erased.push(...result.erased);
    // Somebody who was marked meanwhile is in what was made.
    if ((await readMarks(recordingLayout(folder))).length === 0) return { ...result, erased };
  }
};

const muxOnce = async (folder: string, options: MuxOptions): Promise<MuxResult> => {
  const meter = new ProgressMeter(options.onProgress ?? (() => {}));
  const { only = 'all', signal } = options;
  try {
    using prepared = await prepareMux(folder, {
      ...{ force: options.force === true, keepsSession: only !== 'all', signal },
      onProgress: (fraction) => meter.at('segments', fraction),
    });
    const { timeline, layout, paths, erased } = prepared;
    const base = {
      ...{ session: prepared.session, timeline, recovered: prepared.recovered, tracks: [], error: null },
      ...{ erased, warnings: [] },
    };
    if (only === 'recover') return { ...base, sessionWritten: true };
    if (only === 'tracks') {
      const people = { layout, timeline, paths, signal };
      const tracks = await writeTracks({ ...people, recordingSessionId: prepared.session.recordingSessionId });
      return { ...base, tracks, sessionWritten: true };
    }
    if (only === 'peaks') {
      const [problem] = await drawPeaks(prepared, options, meter, noLevels);
      if (problem !== undefined) throw problem;
      return { ...base, sessionWritten: true };
    }
    const { outcome, tracks, error, levels } = await produce(prepared, options, meter);
    const warnings = await drawPeaks(prepared, options, meter, levels);
    const skipped = [...prepared.skipped, ...timeline.skipped];
    const session = finishSession(prepared, timeline, skipped, outcome);
    try {
      writeJson(layout.sessionFile, session);
    } catch (cause) {
      const message = `session.json could not be written: ${(cause as Error).message}`;
      const unwritable = new MuxError('session_unwritable', message, { cause });
      return { ...base, session, tracks, sessionWritten: false, error: unwritable, warnings };
    }
    meter.at('write', 1);
    return { ...base, session, tracks, sessionWritten: true, error, warnings };
  } catch (error) {
    throw asMuxError(error, signal);
  }
};
