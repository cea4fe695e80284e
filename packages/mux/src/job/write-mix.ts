import type { Ffmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { SAMPLE_RATE } from '../formats/recording-layout.ts';
import type { Loudness } from '../loudness/loudness-meter.ts';
import { measureFile } from '../loudness/measure-file.ts';
import { LIMITER_CEILING_DB, mixdown, mixTimeoutMs } from '../mixdown.ts';
import { MuxError } from '../mux-error.ts';
import { PageFile } from '../tracks/page-file.ts';
import type { MuxPhase } from './progress.ts';

/** The mix is to stay at or below this true peak after the encode (EBU R128: -1 dBTP). */
export const MAX_TRUE_PEAK_DB = -1;
/** Taken off the ceiling besides the overshoot itself when a mix has to be made again. */
const RETRY_MARGIN_DB = 0.3;
/** Voices up to -9 dBFS keep their level, so the ceiling never goes below it. */
const LOWEST_CEILING_DB = -9;
/** The mix is as long as the recording to within 20 ms. */
export const MAX_LENGTH_ERROR_SAMPLES = 0.02 * SAMPLE_RATE;

export interface MixFileJob {
  readonly ffmpeg: Ffmpeg;
  readonly tracks: readonly string[];
  readonly durationSamples: number;
  /** Where the mix goes; `<path>.tmp` until it is whole, measured and synced. */
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (phase: MuxPhase, part: number) => void;
}

export interface MixFileResult {
  readonly loudness: Loudness;
  /** The limiter's ceiling the mix was made with, in dBFS. */
  readonly ceilingDb: number;
}

/**
 * Makes, measures and places the mix. What is measured is the encoded file, decoded again. Should the encoder overshoot beyond
 * -1 dBTP, the mix is made again with as much less ceiling.
 * @throws MuxError `ffmpeg_failed`, `ffmpeg_timeout`; the file system's error; the signal's reason
 */
export const writeMix = async (job: MixFileJob): Promise<MixFileResult> => {
  const { ffmpeg, tracks, durationSamples, signal, onProgress } = job;
  using file = new PageFile(job.path);
  let ceilingDb = LIMITER_CEILING_DB;
  for (let attempt = 0; ; attempt += 1) {
    file.restart();
    await mixdown({
      ...{ ffmpeg, tracks, durationSamples, ceilingDb, signal },
      sink: (bytes) => file.append(bytes),
      onSamples: (samples) => onProgress?.('mix', samples / durationSamples),
    });
    file.sync();
    const { loudness, samples } = await measureFile({
      ...{ ffmpeg, path: file.temporary, timeoutMs: mixTimeoutMs(durationSamples), signal },
      onSamples: (done) => onProgress?.('measure', done / durationSamples),
    });
    if (Math.abs(samples - durationSamples) > MAX_LENGTH_ERROR_SAMPLES) {
      const [made, wanted] = [samples, durationSamples].map((count) => (count / SAMPLE_RATE).toFixed(3));
      throw new MuxError('ffmpeg_failed', `ffmpeg made ${made} s of audio where the recording has ${wanted} s.`);
    }
    const excess = loudness.truePeak - MAX_TRUE_PEAK_DB;
    if (excess <= 0 || ceilingDb <= LOWEST_CEILING_DB || attempt > 1) {
      file.commit();
      return { loudness, ceilingDb };
    }
    ceilingDb = Math.max(LOWEST_CEILING_DB, ceilingDb - excess - RETRY_MARGIN_DB);
  }
};
