import { Resampler } from '../../dsp/resampler.ts';
import { readS16le } from '../../dsp/samples.ts';
import { fadeIn, fadeOut } from '../mix/fade.ts';
import { SampleQueue } from '../mix/sample-queue.ts';
import { SeqOrder } from './seq-order.ts';

/** Samples of a frame: 20 ms at 48 kHz. */
export const FRAME_SAMPLES = 960;
/** Fades where an utterance begins, ends, or runs dry: 5 ms. Two or more frames' worth is never needed to fade one out. */
const EDGE_SAMPLES = 240;
/** The fade of a pause: over within its frame, with room for what the encoder holds back (312 samples). */
const PAUSE_SAMPLES = 480;
/** Leading silence is what stays below −50 dBFS; 20 ms of it are kept. */
const SILENCE = 10 ** (-50 / 20);
const KEPT_SAMPLES = 960;
const MS = 48;

/**
 * `gathering`: not played yet, or run dry; plays once enough is there. `playing`; `starts` until its first frame has been sent.
 * `paused`: keeps what it has.
 */
export type Phase = { name: 'gathering' } | { name: 'playing'; starts: boolean } | { name: 'paused' };

/** A frame of an utterance as it would be sent. */
export interface UtteranceFrame {
  /** 960 samples, mono, silent where there is no more. */
  readonly pcm: Float32Array;
  /** How many of them are the utterance's. */
  readonly samples: number;
  /** What comes after it: more, nothing yet, nothing ever. */
  readonly then: 'more' | 'dry' | 'end';
}

/** One thing the bot says: its audio in order, at 48 kHz, without the silence before it, and how far it has been played. */
export class Utterance {
  readonly id: string;
  readonly sampleRate: number;
  phase: Phase = { name: 'gathering' };
  /** Milliseconds that may have been sent in all, and what of that was told. */
  grantedMs = 0;
  toldMs = 0;
  /** Whether it ran dry at least once. */
  ranDry = false;
  #order = new SeqOrder<Uint8Array | null>();
  #resampler: Resampler;
  #queue = new SampleQueue(1);
  #receivedSamples = 0;
  #trimmed = 0;
  #played = 0;
  #isAudible = false;
  #messages: number | null = null;
  #isComplete = false;

  constructor(id: string, sampleRate: number) {
    this.id = id;
    this.sampleRate = sampleRate;
    this.#resampler = new Resampler({ from: sampleRate, to: 48_000 });
  }

  /** Milliseconds of audio that came and were taken. */
  get receivedMs(): number {
    return (this.#receivedSamples * 1000) / this.sampleRate;
  }

  /** Milliseconds sent to the voice server. */
  get playedMs(): number {
    return this.#played / MS;
  }

  /** Milliseconds of leading silence left out. */
  get trimmedMs(): number {
    return this.#trimmed / MS;
  }

  get consumedMs(): number {
    return (this.#played + this.#trimmed) / MS;
  }

  /** Milliseconds that can be played now. */
  get bufferedMs(): number {
    return this.#queue.length / MS;
  }

  /** Whether the supervisor said that no more follows. */
  get isEnded(): boolean {
    return this.#messages !== null;
  }

  /** Whether all of it is here, or given up. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Messages that never came. */
  get missing(): number {
    return this.#order.missing;
  }

  /** Whether all of it has been played. */
  get isDone(): boolean {
    return this.#isComplete && this.#queue.length === 0;
  }

  /** Takes audio, s16le. @returns whether it was of use: not beyond what was granted, and not for the second time */
  accept(seq: number, pcm: Uint8Array): boolean {
    const samples = pcm.byteLength >> 1;
    // Rounding on the other side is no reason to leave a hole.
    const fits = this.receivedMs + (samples * 1000) / this.sampleRate <= this.grantedMs + 1;
    const ready = this.#isComplete ? null : this.#order.push(seq, fits ? new Uint8Array(pcm) : null);
    if (ready === null) return false;
    if (fits) this.#receivedSamples += samples;
    this.#deliver(ready);
    return fits;
  }

  /** No more than `messages` will come. */
  end(messages: number): void {
    this.#messages ??= messages;
    this.#deliver([]);
  }

  /** What is missing will not come any more. */
  giveUpMissing(): void {
    if (this.#messages !== null) this.#deliver(this.#order.finish(this.#messages));
  }

  /** The next frame, in the phase `playing`. It stays where it is until `sent`. */
  frame(): UtteranceFrame {
    const { phase } = this;
    const samples = Math.min(this.#queue.length, FRAME_SAMPLES);
    const then = this.#then();
    const pcm = this.#copy(samples);
    if (phase.name === 'playing' && phase.starts) fadeIn(pcm.subarray(0, samples), 1, EDGE_SAMPLES);
    if (then !== 'more') fadeOut(pcm.subarray(0, samples), 1, EDGE_SAMPLES);
    return { pcm, samples, then };
  }

  /** `samples` of it were handed to the voice server. */
  sent(samples: number): void {
    this.#queue.drop(samples);
    this.#played += samples;
    if (this.phase.name === 'playing') this.phase.starts = false;
  }

  /** How it fades away when it is stopped here: a frame that is not counted as played. */
  farewell(): Float32Array {
    const samples = Math.min(this.#queue.length, PAUSE_SAMPLES);
    const pcm = this.#copy(samples);
    fadeOut(pcm.subarray(0, samples), 1, PAUSE_SAMPLES);
    return pcm;
  }

  #copy(samples: number): Float32Array {
    const pcm = new Float32Array(FRAME_SAMPLES);
    pcm.set(this.#queue.peek(samples));
    return pcm;
  }

  /** A frame is only played unfaded while there is enough after it to fade: it must not end in a click when nothing more comes. */
  #then(): UtteranceFrame['then'] {
    const { length } = this.#queue;
    if (this.#isComplete) return length <= FRAME_SAMPLES ? 'end' : 'more';
    return length < FRAME_SAMPLES + EDGE_SAMPLES ? 'dry' : 'more';
  }

  #deliver(ready: readonly (Uint8Array | null)[]): void {
    if (this.#isComplete) return;
    for (const pcm of ready) if (pcm) this.#queue.push(this.#resampler.push(readS16le(pcm)));
    if (this.#messages !== null && this.#order.next >= this.#messages) {
      this.#queue.push(this.#resampler.flush());
      this.#isComplete = true;
    }
    this.#trim();
  }

  #trim(): void {
    if (this.#isAudible) return;
    const waiting = this.#queue.peek(this.#queue.length);
    const first = waiting.findIndex((sample) => sample > SILENCE || sample < -SILENCE);
    this.#isAudible = first >= 0;
    const silent = this.#isAudible ? first : waiting.length;
    const left = this.#isComplete && !this.#isAudible ? 0 : KEPT_SAMPLES;
    const trimmed = Math.max(0, silent - left);
    this.#queue.drop(trimmed);
    this.#trimmed += trimmed;
  }
}
