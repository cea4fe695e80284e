import { dirname } from 'node:path';
import type { Ffmpeg } from '../../ffmpeg/find-ffmpeg.ts';
import { type ChildEnd, type ChildJob, runChild } from '../../ffmpeg/run-child.ts';
import { SAMPLE_RATE } from '../../formats/recording-layout.ts';
import { LIMITER_CEILING_DB, mixGraph } from '../../mixdown.ts';
import { MuxError } from '../../mux-error.ts';
import type { MixFormat, TrackFormat } from '../export-formats.ts';
import { childBytes } from './byte-sources.ts';
import { WAV_FRAME_BYTES, wavHeader } from './wav-header.ts';

export interface EncodeJob {
  readonly ffmpeg: Ffmpeg;
  /** Length of the result in samples: it comes out as long to the sample where the format can. */
  readonly samples: number;
  /** A name for players to show. */
  readonly title: string;
  readonly signal?: AbortSignal | undefined;
  /** Told the share done, 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

const quiet = [
  ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-nostats', '-progress', 'pipe:3'],
  ...['-protocol_whitelist', 'file,pipe'],
];

/** What ffmpeg is told of the result besides its format: the title, and nothing that changes from run to run. */
const plain = (title: string): string[] => [
  ...['-map_metadata', '-1', '-map_chapters', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'],
  ...(title === '' ? [] : ['-metadata', `title=${title}`]),
];

/** A packet that is no Opus leaves a gap in time, which is filled where it is, down to the shortest packet. */
const exactly = (samples: number): string =>
  `aresample=async=1:min_hard_comp=0.002:first_pts=0,apad=whole_len=${samples},atrim=end_sample=${samples}`;

const trackCodecs = {
  flac: ['-c:a', 'flac', '-sample_fmt', 's16', '-compression_level', '5', '-f', 'flac'],
  m4a: ['-c:a', 'aac', '-b:a', '128k', '-movflags', '+faststart', '-f', 'ipod'],
} as const satisfies Record<Exclude<TrackFormat, 'opus' | 'wav'>, readonly string[]>;

const mixCodecs = {
  mp3: ['-c:a', 'libmp3lame', '-b:a', '128k', '-f', 'mp3'],
  'mix-flac': ['-c:a', 'flac', '-sample_fmt', 's16', '-compression_level', '5', '-f', 'flac'],
  'mix-ogg': ['-c:a', 'libopus', '-b:a', '96k', '-serial_offset', '1', '-f', 'ogg'],
} as const satisfies Record<MixFormat, readonly string[]>;

/** The most an encoder may take, in milliseconds: two minutes, or a quarter of the audio's length. */
const timeoutMs = (samples: number): number => Math.max(120_000, ((samples / SAMPLE_RATE) * 1000) / 4);

/** How ffmpeg says that the disk is full (strerror of ENOSPC). */
const NO_SPACE = 'No space left on device';

const judge = (job: EncodeJob, end: ChildEnd): void => {
  const { exitCode, killedBy, timedOut, lastWords } = end;
  if (timedOut)
    throw new MuxError('ffmpeg_timeout', `ffmpeg was killed after ${timeoutMs(job.samples)} ms. ${lastWords}`);
  if (exitCode !== 0 && lastWords.includes(NO_SPACE)) throw new MuxError('disk_failed', `ffmpeg: ${lastWords}`);
  if (exitCode !== 0)
    throw new MuxError('ffmpeg_failed', `ffmpeg ended with ${exitCode ?? killedBy}. ${lastWords}`.trim());
};

/** ffmpeg's progress (`-progress`): a line with the time that is done, in µs. */
const progressOf =
  ({ samples, onProgress }: EncodeJob): ((line: string) => void) =>
  (line) => {
    const us = /^out_time_us=(\d+)/.exec(line)?.[1];
    if (us !== undefined) onProgress?.((Number(us) * SAMPLE_RATE) / 1e6 / samples);
  };

const childOf = (job: EncodeJob, args: readonly string[]): Omit<ChildJob, 'onStdout'> => ({
  ...{ command: job.ffmpeg.path, args, timeoutMs: timeoutMs(job.samples), signal: job.signal },
  onLine: progressOf(job),
});

const run = async (job: EncodeJob, args: readonly string[], cwd: string): Promise<void> =>
  judge(job, await runChild({ ...childOf(job, args), cwd }));

/**
 * Encodes one person's track (Ogg Opus) into a file.
 * @throws MuxError `ffmpeg_failed`, `ffmpeg_timeout`, `disk_failed`; the signal's reason
 */
export const encodeTrack = (
  job: EncodeJob & { readonly track: string; readonly path: string; readonly format: keyof typeof trackCodecs },
): Promise<void> => {
  const { track, path, format, samples, title } = job;
  const input = ['-f', 'ogg', '-i', track, '-map', '0:a:0', '-af', exactly(samples)];
  return run(
    job,
    [...quiet, ...input, ...plain(title), '-ar', '48000', '-ac', '2', ...trackCodecs[format], path],
    dirname(path),
  );
};

/** One person's track as WAV, decoded as it is read. @throws as `encodeTrack` */
export async function* wavBytes(job: EncodeJob & { readonly track: string }): AsyncGenerator<Buffer, void, undefined> {
  const { track, samples } = job;
  const input = ['-f', 'ogg', '-i', track, '-map', '0:a:0', '-af', exactly(samples)];
  const args = [...quiet, ...input, '-ar', '48000', '-ac', '2', '-c:a', 'pcm_s16le', '-f', 's16le', 'pipe:1'];
  yield wavHeader(samples);
  let bytes = 0;
  for await (const piece of childBytes(childOf(job, args), (end) => judge(job, end))) {
    bytes += piece.length;
    yield piece;
  }
  if (bytes !== samples * WAV_FRAME_BYTES) {
    throw new MuxError(
      'ffmpeg_failed',
      `ffmpeg made ${bytes} bytes of samples where ${samples * WAV_FRAME_BYTES} belong.`,
    );
  }
}

/** Bytes of a WAV file of so many samples. */
export const wavSize = (samples: number): number => wavHeader(samples).length + samples * WAV_FRAME_BYTES;

/**
 * Mixes tracks, which lie in one folder under plain names, into a file: summed at unity and limited as `full.ogg` is.
 * @throws as `encodeTrack`
 */
export const encodeMix = (
  job: EncodeJob & {
    readonly tracks: readonly string[];
    readonly folder: string;
    readonly path: string;
    readonly format: MixFormat;
  },
): Promise<void> => {
  const { tracks, folder, path, format, samples, title } = job;
  const graph = mixGraph(tracks, samples, LIMITER_CEILING_DB);
  const sum = ['-filter_threads', '1', '-filter_complex_threads', '1', '-filter_complex', graph, '-map', '[mix]'];
  const codec = ['-ar', '48000', '-ac', '2', '-threads', '1', ...mixCodecs[format]];
  return run(job, [...quiet, ...sum, ...plain(title), ...codec, path], folder);
};
