import { FLOAT_OF_DECODED } from '../mix/decoder-gain.ts';
import { GRID_SAMPLES } from '../ogg/silence.ts';
import type { PersonDecoder } from './person-decoder.ts';

/** What is kept of the decoded mix, in samples. */
const CAPACITY = 96_000;
/** This much stays readable behind what was decoded last: the most a seam moves, and the speech before it. */
const KEPT_BEHIND = 36 * 960;

/** The people's decoded audio summed, over a stretch that moves forward; floats, full scale is 1, interleaved stereo. */
export class MixedPcm {
  readonly #people: readonly PersonDecoder[];
  readonly #pcm = new Float32Array(CAPACITY * 2);
  readonly #talkers = new Uint8Array(CAPACITY / GRID_SAMPLES + 1);
  #base = 0;
  #decodedTo = 0;

  constructor(people: readonly PersonDecoder[]) {
    this.#people = people;
  }

  /** Forgets everything and goes to `position`, a multiple of 120; may be negative. */
  begin(position: number): void {
    this.#base = position;
    this.#decodedTo = position;
    this.#pcm.fill(0);
    this.#talkers.fill(0);
    for (const person of this.#people) person.begin(position);
  }

  /**
   * The mix from `from` to `to`.
   * @returns interleaved floats, good until the next call
   * @throws RangeError when `from` lies before what `begin` said, or more than 720 ms before what was read last
   */
  read(from: number, to: number): Float32Array {
    this.#decode(to);
    if (from < this.#base) throw new RangeError(`MixedPcm.read: what was at ${from} is forgotten`);
    return this.#pcm.subarray((from - this.#base) * 2, (to - this.#base) * 2);
  }

  /** How many people have packets at `position`, which was read before. */
  talkersAt(position: number): number {
    return this.#talkers[Math.floor((position - this.#base) / GRID_SAMPLES)] ?? 0;
  }

  #decode(to: number): void {
    if (to <= this.#decodedTo) return;
    this.#slide(to);
    for (const person of this.#people) person.decodeTo(to, this.#add);
    this.#decodedTo = to;
  }

  /** Makes room for what begins before `to`: the longest packet has 120 ms. */
  #slide(to: number): void {
    if (to + 5760 - this.#base <= CAPACITY) return;
    const base = Math.floor((this.#decodedTo - KEPT_BEHIND) / GRID_SAMPLES) * GRID_SAMPLES;
    const gone = base - this.#base;
    this.#pcm.copyWithin(0, gone * 2);
    this.#pcm.fill(0, (CAPACITY - gone) * 2);
    this.#talkers.copyWithin(0, gone / GRID_SAMPLES);
    this.#talkers.fill(0, this.#talkers.length - gone / GRID_SAMPLES);
    this.#base = base;
  }

  readonly #add = (at: number, pcm: Int16Array, speech: boolean): void => {
    const mix = this.#pcm;
    const skip = Math.max(0, this.#base - at);
    const start = (at - this.#base) * 2;
    for (let i = skip * 2; i < pcm.length; i += 1) {
      mix[start + i] = (mix[start + i] as number) + (pcm[i] as number) * FLOAT_OF_DECODED;
    }
    if (!speech) return;
    const end = (at + pcm.length / 2 - this.#base) / GRID_SAMPLES;
    for (let step = Math.max(0, start / 2 / GRID_SAMPLES); step < end; step += 1) {
      this.#talkers[step] = (this.#talkers[step] as number) + 1;
    }
  };
}
