import { basename, dirname } from 'node:path';
import type { Ffmpeg } from './ffmpeg/find-ffmpeg.ts';
import { runChild } from './ffmpeg/run-child.ts';
import { SAMPLE_RATE } from './formats/recording-layout.ts';
import { MuxError } from './mux-error.ts';

/** The limiter's look-ahead at 48 kHz: alimiter delays by its attack of 5 ms, which is cut off again. */
const LIMITER_DELAY_SAMPLES = 240;

/** Ceiling of the limiter in dBFS. libopus overshoots by up to 2.7 dB; the mix is to stay at or below -1 dBTP. */
export const LIMITER_CEILING_DB = -4;

export interface MixJob {
  readonly ffmpeg: Ffmpeg;
  /** One full-length track per person, all in one folder; at least one, 64 at most. */
  readonly tracks: readonly string[];
  readonly durationSamples: number;
  /** Takes the bytes of the Ogg Opus file in order. */
  readonly sink: (bytes: Buffer) => void;
  readonly ceilingDb?: number;
  readonly signal?: AbortSignal | undefined;
  /** Told how many samples of the mix are done. */
  readonly onSamples?: (samples: number) => void;
}

/** File names that need no quoting inside of a filter graph. */
const plainName = /^[A-Za-z0-9_-]+\.ogg$/;

/**
 * The filter graph: one source per person, summed at unity, limited, look-ahead cut off, padded and cut to the exact length. Its
 * length depends on the number of people alone. Sources are read inside of the graph (`amovie`): as outer inputs each costs ffmpeg
 * a thread and a queue, a third of the whole run.
 */
export const mixGraph = (names: readonly string[], durationSamples: number, ceilingDb: number): string => {
  const unsafe = names.find((name) => !plainName.test(name));
  if (unsafe !== undefined) throw new RangeError(`mixGraph: "${unsafe}" is not a plain track name`);
  const limit = (10 ** (ceilingDb / 20)).toFixed(6);
  const end = LIMITER_DELAY_SAMPLES + durationSamples;
  const chain = [
    ...(names.length > 1 ? [`amix=inputs=${names.length}:normalize=0:dropout_transition=0`] : []),
    'apad',
    `alimiter=limit=${limit}:level=0:attack=5:release=50`,
    `atrim=start_sample=${LIMITER_DELAY_SAMPLES}:end_sample=${end}`,
    'asetpts=PTS-STARTPTS[mix]',
  ].join(',');
  const sources = names.map((name, i) => `amovie=${name}:f=ogg[p${i}];`).join('');
  return `${sources}${names.map((_, i) => `[p${i}]`).join('')}${chain}`;
};

/** The most a mix may take in milliseconds before it is killed: a minute, or a twentieth of twice its length. */
export const mixTimeoutMs = (durationSamples: number): number =>
  Math.max(60_000, (2 * (durationSamples / SAMPLE_RATE) * 1000) / 20);

/**
 * Mixes all people into one Ogg Opus file (stereo, 96 kbit/s) of exactly the recording's length, with one ffmpeg. ffmpeg hands the
 * bytes over by pipe, so a mux that dies takes its ffmpeg with it and nobody else writes into the file.
 * @throws MuxError `ffmpeg_failed` with its last words, `ffmpeg_timeout`; what `sink` throws; the signal's reason
 */
export const mixdown = async (job: MixJob): Promise<void> => {
  const [first] = job.tracks;
  if (first === undefined) throw new RangeError('mixdown: there is nobody to mix');
  const timeoutMs = mixTimeoutMs(job.durationSamples);
  const graph = mixGraph(
    job.tracks.map((track) => basename(track)),
    job.durationSamples,
    job.ceilingDb ?? LIMITER_CEILING_DB,
  );
  const end = await runChild({
    command: job.ffmpeg.path,
    args: [
      ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-nostats', '-progress', 'pipe:3'],
      ...['-filter_threads', '1', '-filter_complex_threads', '1', '-filter_complex', graph],
      ...['-map', '[mix]', '-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'],
      ...['-c:a', 'libopus', '-b:a', '96k', '-ar', '48000', '-ac', '2', '-compression_level', '6', '-threads', '1'],
      ...['-f', 'ogg', '-serial_offset', '1', '-protocol_whitelist', 'file,pipe', 'pipe:1'],
    ],
    cwd: dirname(first),
    timeoutMs,
    signal: job.signal,
    onStdout: job.sink,
    onLine: (line) => {
      const us = /^out_time_us=(\d+)/.exec(line)?.[1];
      if (us !== undefined) job.onSamples?.(Math.round((Number(us) * SAMPLE_RATE) / 1e6));
    },
  });
  if (end.timedOut) {
    throw new MuxError('ffmpeg_timeout', `ffmpeg was killed after ${Math.round(timeoutMs / 1000)} s. ${end.lastWords}`);
  }
  if (end.exitCode !== 0) {
    const how = end.killedBy === null ? `ended with ${end.exitCode}` : `was killed by ${end.killedBy}`;
    throw new MuxError('ffmpeg_failed', `ffmpeg ${how}. ${end.lastWords}`.trim());
  }
};
