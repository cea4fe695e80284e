import { jobsFor } from '../../mix/choose-engine.ts';
import type { MixSource } from '../../mix/mix-engine.ts';
import { SparseEngine } from '../../mix/sparse/sparse-engine.ts';
import { PRE_SKIP } from '../../ogg/opus-headers.ts';
import { OggOpusWriter } from '../../ogg/opus-writer.ts';
import { silenceFill } from '../../ogg/silence.ts';
import { PageFile } from '../../tracks/page-file.ts';

/** The ceiling `full.ogg` is mixed with too: two voices of -9 dBFS add up to it. In dBFS. */
const CEILING_DB = -3;
/** Any number: there is one stream in the file. */
const SERIAL = 1;

export interface MixOpusJob {
  /** Tracks of the same length, all with the same lead. */
  readonly sources: readonly MixSource[];
  /** Samples of the tracks before the first that counts; players leave them out. */
  readonly leadSamples: number;
  /** Samples that count. */
  readonly samples: number;
  readonly path: string;
  readonly title: string;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((share: number) => void) | undefined;
}

/**
 * Mixes tracks into an Ogg Opus file as `full.ogg` is mixed, in this process: no ffmpeg is needed. As long as wanted, to the sample.
 * @throws MuxError `mixer_failed`; the file system's error; the signal's reason
 */
export const mixOpus = async (job: MixOpusJob): Promise<void> => {
  const { sources, leadSamples, samples, path, title, signal, onProgress } = job;
  const durationSamples = leadSamples + samples;
  const granule = durationSamples + PRE_SKIP;
  const comments = { TITLE: title };
  const writer = new OggOpusWriter({ serial: SERIAL, preSkip: PRE_SKIP + leadSamples, comments, reusePages: true });
  using file = new PageFile(path);
  file.append(writer.header());
  const made = await new SparseEngine().mix({
    ...{ sources, durationSamples, ceilingDb: CEILING_DB, jobs: jobsFor(), signal },
    sink: (packet, length) => file.append(writer.push(packet, length)),
    onSamples: (done) => onProgress?.(done / durationSamples),
  });
  if (made.samples < granule) {
    for (const fill of silenceFill(960)) file.append(writer.push(fill.packet, fill.samples));
  }
  file.append(writer.end({ granule }));
  file.commit();
};
