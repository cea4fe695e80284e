import { SAMPLE_RATE } from '../formats/recording-layout.ts';
import type { Loudness } from '../loudness/loudness-meter.ts';
import { measureFile } from '../loudness/measure-file.ts';
import { measureOpusFile } from '../loudness/measure-opus.ts';
import { outputGainFor, withOutputGain } from '../loudness/output-gain.ts';
import type { ChosenEngine } from '../mix/choose-engine.ts';
import type { MixEngine, MixEngineName, MixReport, MixSource } from '../mix/mix-engine.ts';
import { LIMITER_CEILING_DB, mixTimeoutMs } from '../mixdown.ts';
import { MuxError } from '../mux-error.ts';
import { encodeOpusHead, PRE_SKIP } from '../ogg/opus-headers.ts';
import { OggOpusWriter } from '../ogg/opus-writer.ts';
import { encodeHeaderPages, pageFlag } from '../ogg/page.ts';
import { silenceFill } from '../ogg/silence.ts';
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

/**
 * The ceiling each engine begins with, in dBFS. Two voices of -9 dBFS add up to -3; the sparse engine listens to what it encodes and
 * goes lower in the places where the encoder overshoots, the others' has to be low enough everywhere.
 */
const firstCeilingDb = {
  sparse: -3,
  splice: LIMITER_CEILING_DB,
  'ffmpeg-amix': LIMITER_CEILING_DB,
} as const satisfies Record<MixEngineName, number>;

export interface MixFileJob {
  readonly chosen: ChosenEngine;
  readonly sources: readonly MixSource[];
  readonly durationSamples: number;
  /** Where the mix goes; `<path>.tmp` until it is whole, measured and synced. */
  readonly path: string;
  /** OpusTags comments. */
  readonly comments: Readonly<Record<string, string>>;
  /** Serial number of the stream. */
  readonly serial: number;
  /** Processes that work at once. */
  readonly jobs: number;
  /** LUFS that players are told to bring the mix to, as far as its true peak allows; null leaves it as it is. */
  readonly targetLufs: number | null;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: (phase: MuxPhase, part: number) => void;
}

export interface MixFileResult {
  /** What made the mix in the end. */
  readonly engine: MixEngineName;
  /** As players play it, output gain included. */
  readonly loudness: Loudness;
  /** The limiter's ceiling the mix was made with, in dBFS. */
  readonly ceilingDb: number;
  /** The output gain in OpusHead, in dB. */
  readonly gainDb: number;
  /** The levels of the tracks by user id, where making the mix found them. */
  readonly levels: ReadonlyMap<string, Uint8Array>;
}

/** What is known of a mix. */
interface Attempt {
  readonly loudness: Loudness;
  readonly levels: readonly Uint8Array[] | null;
}

/** One attempt at the mix. */
const mixInto = async (
  file: PageFile,
  job: MixFileJob,
  engine: MixEngine,
  ceilingDb: number,
): Promise<Pick<MixReport, 'loudness' | 'levels'>> => {
  const { sources, durationSamples, jobs, signal, onProgress } = job;
  const writer = new OggOpusWriter({ serial: job.serial, comments: job.comments, reusePages: true });
  file.restart();
  file.append(writer.header());
  const { samples, loudness, levels } = await engine.mix({
    ...{ sources, durationSamples, jobs, ceilingDb, signal },
    sink: (packet, length) => file.append(writer.push(packet, length)),
    onSamples: (done) => onProgress?.('mix', done / durationSamples),
  });
  const granule = durationSamples + PRE_SKIP;
  if (Math.abs(samples - granule) >= MAX_LENGTH_ERROR_SAMPLES) {
    const [made, wanted] = [samples - PRE_SKIP, durationSamples].map((count) => (count / SAMPLE_RATE).toFixed(3));
    const code = engine.name === 'ffmpeg-amix' ? 'ffmpeg_failed' : 'mixer_failed';
    throw new MuxError(code, `${engine.name} made ${made} s of audio where the recording has ${wanted} s.`);
  }
  if (samples < granule) {
    for (const fill of silenceFill(960)) file.append(writer.push(fill.packet, fill.samples));
  }
  file.append(writer.end({ granule }));
  file.sync();
  if (loudness !== null) onProgress?.('measure', 1);
  return { loudness, levels };
};

const measure = async (file: PageFile, job: MixFileJob): Promise<Loudness> => {
  const { chosen, durationSamples, signal, onProgress } = job;
  const onSamples = (done: number): void => onProgress?.('measure', done / durationSamples);
  const path = file.temporary;
  if (chosen.ffmpeg === null) return await measureOpusFile({ path, signal, onSamples });
  const timeoutMs = mixTimeoutMs(durationSamples);
  return (await measureFile({ ffmpeg: chosen.ffmpeg, path, timeoutMs, signal, onSamples })).loudness;
};

/** Whether the engine's own work failed, not the disk, the signal or ffmpeg. */
const isMixersFault = (error: unknown): boolean => error instanceof MuxError && error.code === 'mixer_failed';

/**
 * Makes, measures and places the mix. What is measured is the encoded audio, decoded again. Should the encoder overshoot beyond
 * -1 dBTP, the mix is made again with as much less ceiling. A spliced mix that cannot be used, or is louder than that because somebody
 * was and nobody asked for it, gives way to the engine that encodes everything.
 * @throws MuxError `mixer_failed`, `ffmpeg_failed`, `ffmpeg_timeout`; the file system's error; the signal's reason
 */
export const writeMix = async (job: MixFileJob): Promise<MixFileResult> => {
  const { otherwise, asked } = job.chosen;
  using file = new PageFile(job.path);
  let { engine } = job.chosen;
  if (otherwise !== null) {
    try {
      const made = await mixAndMeasure(file, job, engine, firstCeilingDb[engine.name]);
      // Copies are as loud as they were recorded; another attempt would not change them.
      if (asked || made.loudness.truePeak <= MAX_TRUE_PEAK_DB)
        return place(file, job, engine, made, firstCeilingDb[engine.name]);
    } catch (error) {
      if (!isMixersFault(error)) throw error;
    }
    engine = otherwise;
  }
  let ceilingDb: number = firstCeilingDb[engine.name];
  for (let attempt = 0; ; attempt += 1) {
    const made = await mixAndMeasure(file, job, engine, ceilingDb);
    const excess = made.loudness.truePeak - MAX_TRUE_PEAK_DB;
    if (excess <= 0 || ceilingDb <= LOWEST_CEILING_DB || attempt > 1) return place(file, job, engine, made, ceilingDb);
    ceilingDb = Math.max(LOWEST_CEILING_DB, ceilingDb - excess - RETRY_MARGIN_DB);
  }
};

const mixAndMeasure = async (
  file: PageFile,
  job: MixFileJob,
  engine: MixEngine,
  ceilingDb: number,
): Promise<Attempt> => {
  const { loudness, levels } = await mixInto(file, job, engine, ceilingDb);
  return { loudness: loudness ?? (await measure(file, job)), levels };
};

/** Puts the finished file where it belongs, with the output gain that was asked for. */
const place = (
  file: PageFile,
  job: MixFileJob,
  engine: MixEngine,
  { loudness, levels }: Attempt,
  ceilingDb: number,
): MixFileResult => {
  const outputGain = job.targetLufs === null ? 0 : outputGainFor(loudness, job.targetLufs, MAX_TRUE_PEAK_DB);
  if (outputGain !== 0) file.patchStart(headPage(job.serial, outputGain));
  file.commit();
  return {
    ...{ engine: engine.name, ceilingDb, gainDb: outputGain / 256 },
    loudness: withOutputGain(loudness, outputGain),
    levels: new Map(levels?.map((points, i) => [(job.sources[i] as MixSource).userId, points])),
  };
};

/** The first page of the file, as the writer makes it but for the gain. */
const headPage = (serial: number, outputGain: number): Buffer =>
  Buffer.concat(
    encodeHeaderPages(encodeOpusHead({ channels: 2, preSkip: PRE_SKIP, outputGain }), pageFlag.bos, serial, 0),
  );
