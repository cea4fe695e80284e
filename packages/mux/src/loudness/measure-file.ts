import type { Ffmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { runChild } from '../ffmpeg/run-child.ts';
import { MuxError } from '../mux-error.ts';
import { type Loudness, LoudnessMeter } from './loudness-meter.ts';

export interface MeasureJob {
  readonly ffmpeg: Ffmpeg;
  readonly path: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Told how many samples (48 kHz) were measured so far. */
  readonly onSamples?: (samples: number) => void;
}

const FLOAT_BYTES = 4;

/**
 * Decodes an audio file with ffmpeg and measures what comes out: what listeners get, the encoder's overshoot included.
 * @returns the loudness and the decoded length in samples
 * @throws MuxError `ffmpeg_failed` or `ffmpeg_timeout`
 */
export const measureFile = async (job: MeasureJob): Promise<{ loudness: Loudness; samples: number }> => {
  const meter = new LoudnessMeter();
  let rest = Buffer.alloc(0);
  const end = await runChild({
    command: job.ffmpeg.path,
    args: [
      ...['-nostdin', '-hide_banner', '-loglevel', 'error', '-protocol_whitelist', 'file,pipe', '-threads', '1'],
      ...['-i', job.path, '-map', '0:a:0', '-ac', '2', '-ar', '48000', '-f', 'f32le', 'pipe:1'],
    ],
    timeoutMs: job.timeoutMs,
    signal: job.signal,
    onStdout: (chunk) => {
      const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const whole = bytes.length - (bytes.length % FLOAT_BYTES);
      rest = Buffer.from(bytes.subarray(whole));
      meter.take(asFloats(bytes, whole));
      job.onSamples?.(meter.frames);
    },
  });
  if (end.timedOut)
    throw new MuxError('ffmpeg_timeout', `ffmpeg took longer than ${job.timeoutMs} ms to read the mix.`);
  if (end.exitCode !== 0) throw new MuxError('ffmpeg_failed', `ffmpeg could not read the mix: ${end.lastWords}`);
  const loudness = meter.result();
  return { loudness, samples: meter.frames };
};

/** Views little-endian floats; copies only when the bytes do not lie on a multiple of four. */
const asFloats = (bytes: Buffer, length: number): Float32Array =>
  bytes.byteOffset % FLOAT_BYTES === 0
    ? new Float32Array(bytes.buffer, bytes.byteOffset, length / FLOAT_BYTES)
    : new Float32Array(Uint8Array.from(bytes.subarray(0, length)).buffer);
