import { ENCODER_LOOKAHEAD } from '@parley/mux';
import { type Content, FrameEncoder } from './frame-encoder.ts';
import { Limiter } from './limiter.ts';

const FRAME_SAMPLES = 960;

/** What goes into a frame: speech is mono, the others interleaved stereo; all 20 ms long. */
export interface MixInput {
  readonly speech?: Float32Array | null | undefined;
  readonly music?: Float32Array | null | undefined;
  readonly sound?: Float32Array | null | undefined;
}

/** Adds up what plays at once, keeps it below full scale, and encodes it. */
export class FrameMix implements Disposable {
  /** The frame that was encoded last, interleaved stereo before the limiter; overwritten by the next. */
  readonly stereo = new Float32Array(2 * FRAME_SAMPLES);
  #limited = new Int16Array(2 * FRAME_SAMPLES);
  #limiter = new Limiter();
  #encoder = new FrameEncoder();
  #goesOn = false;
  #content: Content = 'voice';

  /** Whether the last samples of what was encoded are not in a packet yet: the encoder is late by its lookahead. */
  get holdsBack(): boolean {
    return this.#goesOn && this.#limited.subarray(-2 * ENCODER_LOOKAHEAD).some((sample) => sample !== 0);
  }

  /** The next packet that was sent is not one of these. */
  interrupted(): void {
    this.#goesOn = false;
  }

  /** Encodes what is given, the caller's own bytes. Nothing is silence. */
  encode({ speech, music, sound }: MixInput): Buffer {
    if (!this.#goesOn) this.#encoder.reset();
    this.#goesOn = true;
    this.stereo.fill(0);
    if (music) add(this.stereo, music);
    if (sound) add(this.stereo, sound);
    if (speech) addMono(this.stereo, speech);
    this.#limiter.write(this.stereo, this.#limited);
    if (music || sound) this.#content = 'music';
    else if (speech) this.#content = 'voice';
    return this.#encoder.encode(this.#limited, this.#content);
  }

  [Symbol.dispose](): void {
    this.#encoder[Symbol.dispose]();
  }
}

const add = (target: Float32Array, stereo: Float32Array): void => {
  for (let at = 0; at < target.length; at += 1) target[at] = (target[at] as number) + (stereo[at] as number);
};

const addMono = (target: Float32Array, mono: Float32Array): void => {
  for (let at = 0; at < target.length; at += 1) target[at] = (target[at] as number) + (mono[at >> 1] as number);
};
