import { availableParallelism } from 'node:os';
import { type Codec, loadCodec } from '../codec/load-codec.ts';
import { type Ffmpeg, type FindFfmpegOptions, findFfmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { MuxError } from '../mux-error.ts';
import { isWorthSplicing, planTracks, SpliceEngine } from '../splice/splice-engine.ts';
import type { EngineWish } from './engine-wish.ts';
import { FfmpegEngine } from './ffmpeg-engine.ts';
import type { MixEngine, MixSource } from './mix-engine.ts';
import { SparseEngine } from './sparse/sparse-engine.ts';

/**
 * The processes for a wish: as many as were asked for, one for each core with 0. One by default: each further one takes about 40 MB, and
 * a mux is to keep below 120 MB.
 */
export const jobsFor = (wish = 1): number => (wish === 0 ? availableParallelism() : wish);

export interface ChosenEngine {
  readonly engine: MixEngine;
  /** Takes over when what `engine` made cannot be used; null when there is nothing else. */
  readonly otherwise: MixEngine | null;
  /** Whether it was asked for by name: then a loud mix is no reason to take another. */
  readonly asked: boolean;
  /** The ffmpeg it uses; null when it needs none. */
  readonly ffmpeg: Ffmpeg | null;
}

export interface EngineChoice {
  readonly wish: EngineWish;
  /** What is to be mixed: `auto` looks at it. */
  readonly sources: readonly MixSource[];
  readonly ffmpeg: FindFfmpegOptions;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The engine for a wish. Looks for an ffmpeg only when one is needed. What was asked for by name is not replaced, but for a spliced
 * mix whose seams could be heard.
 * @param codec what is loaded here; another only in tests
 * @throws MuxError `codec_missing`, `ffmpeg_missing`; the file system's error; the signal's reason
 */
export const chooseEngine = async (choice: EngineChoice, codec: Codec = loadCodec()): Promise<ChosenEngine> => {
  const { wish, sources, signal } = choice;
  const asked = wish !== 'auto';
  if (wish === 'ffmpeg' || (!asked && !codec.usable)) {
    const ffmpeg = await findFfmpeg({ ...choice.ffmpeg, signal });
    return { engine: new FfmpegEngine(ffmpeg), otherwise: null, asked, ffmpeg };
  }
  if (!codec.usable) throw new MuxError('codec_missing', `The Opus codec could not be loaded: ${codec.reason}`);
  const sparse = { engine: new SparseEngine(), otherwise: null, asked, ffmpeg: null };
  if (wish === 'sparse') return sparse;
  const plan = await planTracks(sources, signal);
  if (!asked && !isWorthSplicing(plan)) return sparse;
  return { engine: new SpliceEngine(plan), otherwise: sparse.engine, asked, ffmpeg: null };
};
