import { fadeIn, fadeOut } from '../mix/fade.ts';
import { Ramp } from '../mix/ramp.ts';
import type { FfmpegDecoder } from './ffmpeg-decoder.ts';

const FRAME_SAMPLES = 960;
/** Fades where music begins anew after a pause, ends, or runs dry: 5 ms. */
const EDGE_SAMPLES = 240;
/** The fade of a pause or of an end nobody waits for, within one frame: 10 ms. */
const STOP_SAMPLES = 480;
/** A gain never changes faster, milliseconds: faster would click. */
const MIN_FADE_MS = 10;
/** Decoded audio gathered before it plays, samples: 500 ms. */
const GATHERED = 24_000;

export interface Duck {
  readonly gain: number;
  readonly fadeMs: number;
}

/** The next 20 ms of a piece, and what comes after them: more, nothing yet, nothing ever. */
export interface MusicFrame {
  readonly stereo: Float32Array;
  readonly then: 'more' | 'dry' | 'end';
}

/** One piece of music as it is heard: its gains and how far it has been played. */
export class MusicPiece implements Disposable {
  readonly musicId: string;
  /** Null until its source was opened. */
  decoder: FfmpegDecoder | null = null;
  #level = new Ramp(0);
  #gain: number;
  #duck: Ramp | null = null;
  #duckTo: Duck;
  #played = 0;
  #starts = false;
  #stereo = new Float32Array(2 * FRAME_SAMPLES);

  constructor(musicId: string, options: { readonly gain: number; readonly fadeInMs: number; readonly duck: Duck }) {
    this.musicId = musicId;
    this.#gain = options.gain;
    this.#duckTo = options.duck;
    this.#level.goTo(options.gain, Math.max(MIN_FADE_MS, options.fadeInMs));
  }

  get positionMs(): number {
    return this.#played / 48;
  }

  /** Whether enough is decoded to play. */
  get isReady(): boolean {
    const { decoder } = this;
    return decoder !== null && (decoder.isEnded || decoder.queue.length >= GATHERED);
  }

  /** Whether it fades to nothing and is there. */
  get hasFaded(): boolean {
    return this.#level.target === 0 && !this.#level.isMoving;
  }

  setGain(gain: number, fadeMs: number): void {
    this.#gain = gain;
    this.#level.goTo(gain, Math.max(MIN_FADE_MS, fadeMs));
  }

  fadeAway(fadeMs: number): void {
    this.#level.goTo(0, Math.max(MIN_FADE_MS, fadeMs));
  }

  /** It plays on after it stood still: the next frame begins from silence. */
  startAgain(): void {
    this.#starts = this.#played > 0;
  }

  /** The next frame; it is played. Valid until the next call. */
  frame(isSpeaking: boolean): MusicFrame {
    const { decoder } = this;
    const waiting = decoder?.queue.length ?? 0;
    const then = decoder?.isEnded
      ? waiting <= FRAME_SAMPLES
        ? 'end'
        : 'more'
      : waiting < FRAME_SAMPLES + EDGE_SAMPLES
        ? 'dry'
        : 'more';
    const samples = this.#take();
    if (this.#starts) fadeIn(samples, 2, EDGE_SAMPLES);
    if (then !== 'more') fadeOut(samples, 2, EDGE_SAMPLES);
    this.#starts = false;
    this.#shape(isSpeaking);
    decoder?.queue.drop(samples.length / 2);
    decoder?.taken();
    this.#played += samples.length / 2;
    return { stereo: this.#stereo, then };
  }

  /** How it fades away when it is stopped here; it stays where it is. A frame of its own. */
  farewell(isSpeaking: boolean): Float32Array {
    const samples = this.#take().subarray(0, 2 * STOP_SAMPLES);
    fadeOut(samples, 2, STOP_SAMPLES);
    this.#stereo.fill(0, samples.length);
    const level = this.#level.value;
    this.#shape(isSpeaking);
    this.#level = new Ramp(level);
    if (level !== this.#gain) this.#level.goTo(this.#gain, MIN_FADE_MS);
    return this.#stereo.slice();
  }

  [Symbol.dispose](): void {
    this.decoder?.[Symbol.dispose]();
  }

  /** Copies what is next. @returns the part of the frame that is the music's */
  #take(): Float32Array {
    const next = this.decoder?.queue.peek(FRAME_SAMPLES) ?? new Float32Array(0);
    this.#stereo.fill(0);
    this.#stereo.set(next);
    return this.#stereo.subarray(0, next.length);
  }

  #shape(isSpeaking: boolean): void {
    const goal = isSpeaking ? this.#duckTo.gain : 1;
    this.#duck ??= new Ramp(goal);
    this.#duck.goTo(goal, this.#duckTo.fadeMs);
    this.#duck.apply(this.#stereo);
    this.#level.apply(this.#stereo);
  }
}
