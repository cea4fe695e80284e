import { existsSync, rmSync, statSync } from 'node:fs';
import type { Ffmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { runChild } from '../ffmpeg/run-child.ts';
import { SAMPLE_RATE } from '../formats/recording-layout.ts';
import { mixTimeoutMs } from '../mixdown.ts';
import { MuxError } from '../mux-error.ts';
import { walkOpusFile } from '../ogg/walk.ts';
import { PageFile } from '../tracks/page-file.ts';

/** Below this many bits a second speech is no longer pleasant to listen to. */
export const MIN_SMALL_BITRATE = 12_000;
/** More than this is wasted on mono speech. */
export const MAX_SMALL_BITRATE = 48_000;
/** What Ogg pages and the encoder's own variation may take of the room there is. */
const ROOM_FOR_PAGES = 0.94;

/** Bits a second with which `durationSamples` fit into `maxBytes`; null when even the lowest rate does not. */
export const smallBitrate = (durationSamples: number, maxBytes: number): number | null => {
  const fitting = Math.floor((maxBytes * 8 * ROOM_FOR_PAGES * SAMPLE_RATE) / Math.max(1, durationSamples));
  return fitting < MIN_SMALL_BITRATE ? null : Math.min(fitting, MAX_SMALL_BITRATE);
};

export interface SmallCopyJob {
  readonly ffmpeg: Ffmpeg;
  /** The mix. */
  readonly mix: string;
  /** Where the copy goes. */
  readonly path: string;
  readonly maxBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * A mono copy of the mix of at most `maxBytes`, for places that take no more.
 * @throws MuxError `mix_missing`, `does_not_fit`, `ffmpeg_failed`, `ffmpeg_timeout`; the file system's error
 */
export const writeSmallCopy = async (job: SmallCopyJob): Promise<{ bytes: number; bitrate: number }> => {
  const { ffmpeg, mix, path, maxBytes, signal } = job;
  if (!existsSync(mix)) throw new MuxError('mix_missing', `${mix} does not exist.`);
  const durationSamples = walkOpusFile(mix).lastGranule ?? 0;
  const bitrate = smallBitrate(durationSamples, maxBytes);
  const seconds = Math.round(durationSamples / SAMPLE_RATE);
  if (bitrate === null) throw new MuxError('does_not_fit', `${seconds} s of audio do not fit into ${maxBytes} bytes.`);
  using file = new PageFile(path);
  const encoder = ['-c:a', 'libopus', '-b:a', String(bitrate), '-vbr', 'constrained', '-application', 'voip'];
  const end = await runChild({
    command: ffmpeg.path,
    args: [
      ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-protocol_whitelist', 'file,pipe', '-f', 'ogg', '-i', mix],
      ...['-map_metadata', '-1', '-fflags', '+bitexact', '-ac', '1', '-ar', '48000', ...encoder, '-f', 'ogg', 'pipe:1'],
    ],
    timeoutMs: mixTimeoutMs(durationSamples),
    signal,
    onStdout: (bytes) => file.append(bytes),
  });
  if (end.timedOut) throw new MuxError('ffmpeg_timeout', `ffmpeg was killed. ${end.lastWords}`);
  if (end.exitCode !== 0) throw new MuxError('ffmpeg_failed', `ffmpeg ended with ${end.exitCode}. ${end.lastWords}`);
  file.commit();
  const { size } = statSync(path);
  if (size > maxBytes) {
    rmSync(path);
    throw new MuxError('does_not_fit', `the copy came to ${size} bytes, ${maxBytes} are allowed.`);
  }
  return { bytes: size, bitrate };
};
