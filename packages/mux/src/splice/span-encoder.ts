import { ENCODER_LOOKAHEAD, OpusEncoder } from '../codec/index.ts';
import { GRID_SAMPLES } from '../ogg/silence.ts';
import type { MixedPcm } from './mixed-pcm.ts';
import { LIMITER_VIEW, OverlapLimiter } from './overlap-limiter.ts';
import type { SpanItem } from './plan/plan-splice.ts';
import { FRAME_SAMPLES } from './plan/rules.ts';

const BITRATE = 96_000;
/** As in the sparse mix; more costs more time and is not closer at seams. */
const COMPLEXITY = 6;
/** Frames next to a seam, and those shorter than 20 ms, get this many bits: few frames, where it matters most. */
const SEAM_BITRATE = 192_000;
/** Frames encoded and thrown away, so that the encoder has settled where the span begins. */
const WARM_UP_FRAMES = 4;

/** Samples of the mix before a span that are read: what warms up, what the limiter sees; on the 2.5 ms grid. */
const LEAD = Math.ceil((WARM_UP_FRAMES * FRAME_SAMPLES + LIMITER_VIEW) / GRID_SAMPLES) * GRID_SAMPLES;

/**
 * Encodes spans of the mix, one after the other, as CELT in stereo: every Opus decoder takes it up at once. It is fed 312 samples
 * ahead, as much as it delays: so its frames coincide with those of the copied packets, and windows cancel across the seam.
 */
export class SpanEncoder implements Disposable {
  readonly #encoder = new OpusEncoder({ bitrate: BITRATE, complexity: COMPLEXITY, constrained: false });
  readonly #mix: MixedPcm;
  readonly #limiter: OverlapLimiter;
  readonly #frames = new Map([120, 240, 480, 960].map((samples) => [samples, new Int16Array(samples * 2)]));
  #position = 0;
  #intra = false;

  /** @param ceilingDb of the limiter, in dBFS */
  constructor(mix: MixedPcm, ceilingDb: number) {
    this.#mix = mix;
    this.#limiter = new OverlapLimiter(mix, ceilingDb);
    this.#encoder.setMode('celt');
    this.#encoder.setBandwidth('full');
    this.#encoder.setChannels('stereo');
  }

  /** Granule of the next frame. */
  get position(): number {
    return this.#position;
  }

  /** Goes to the start of a span. The mix is read from 100 ms before it on. */
  begin({ from }: SpanItem): void {
    this.#mix.begin(from - LEAD);
    this.#encoder.reset();
    this.#encoder.setBitrate(BITRATE);
    this.#position = from - WARM_UP_FRAMES * FRAME_SAMPLES;
    this.#intra = false;
    for (let i = 0; i < WARM_UP_FRAMES; i += 1) this.next(FRAME_SAMPLES, false);
    // A decoder that heard silence or another encoder last has nothing to predict from.
    this.#intra = true;
  }

  /**
   * The next frame.
   * @param samples 120, 240, 480 or 960
   * @param atSeam whether the frame lies next to a seam
   */
  next(samples: number, atSeam: boolean): Uint8Array {
    const pcm = this.#frames.get(samples);
    if (pcm === undefined) throw new RangeError(`SpanEncoder.next: ${samples} samples are no frame`);
    this.#limiter.read(this.#position + ENCODER_LOOKAHEAD, pcm);
    this.#encoder.setBitrate(atSeam || samples < FRAME_SAMPLES ? SEAM_BITRATE : BITRATE);
    this.#encoder.setPredictionDisabled(this.#intra);
    this.#intra = false;
    this.#position += samples;
    return this.#encoder.encode(pcm);
  }

  [Symbol.dispose](): void {
    this.#encoder[Symbol.dispose]();
  }
}
