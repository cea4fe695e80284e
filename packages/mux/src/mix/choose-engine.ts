import { availableParallelism } from 'node:os';
import { type Codec, loadCodec } from '../codec/load-codec.ts';
import { type Ffmpeg, type FindFfmpegOptions, findFfmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { MuxError } from '../mux-error.ts';
import type { EngineWish } from './engine-wish.ts';
import { FfmpegEngine } from './ffmpeg-engine.ts';
import type { MixEngine } from './mix-engine.ts';
import { SparseEngine } from './sparse-engine.ts';

/** Processes of a mix unless told otherwise: one for each core, four at most, for each takes 30 to 50 MB. */
export const defaultJobs = (): number => Math.min(availableParallelism(), 4);

export interface ChosenEngine {
  readonly engine: MixEngine;
  /** The ffmpeg it uses; null when it needs none. */
  readonly ffmpeg: Ffmpeg | null;
}

/**
 * The engine for a wish. Looks for an ffmpeg only when one is needed. What was asked for by name is never replaced by another.
 * @param codec what is loaded here; another only in tests
 * @throws MuxError `codec_missing`, `ffmpeg_missing`
 */
export const chooseEngine = async (
  wish: EngineWish,
  options: FindFfmpegOptions,
  codec: Codec = loadCodec(),
): Promise<ChosenEngine> => {
  if (wish !== 'ffmpeg' && codec.usable) return { engine: new SparseEngine(), ffmpeg: null };
  if (wish === 'sparse' && !codec.usable) {
    throw new MuxError('codec_missing', `The Opus codec could not be loaded: ${codec.reason}`);
  }
  const ffmpeg = await findFfmpeg(options);
  return { engine: new FfmpegEngine(ffmpeg), ffmpeg };
};
