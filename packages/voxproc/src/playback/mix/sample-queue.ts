/** Samples waiting in order; a sample is one number of each channel, interleaved. */
export class SampleQueue {
  readonly channels: number;
  #pcm: Float32Array;
  #from = 0;
  #to = 0;

  constructor(channels: number) {
    this.channels = channels;
    this.#pcm = new Float32Array(channels * 48_000);
  }

  /** Samples of each channel that wait. */
  get length(): number {
    return (this.#to - this.#from) / this.channels;
  }

  push(pcm: Float32Array): void {
    if (this.#to + pcm.length > this.#pcm.length) this.#makeRoom(pcm.length);
    this.#pcm.set(pcm, this.#to);
    this.#to += pcm.length;
  }

  /** The next samples, at most `count`, left where they are: a view that any change overwrites. */
  peek(count: number): Float32Array {
    return this.#pcm.subarray(this.#from, Math.min(this.#to, this.#from + count * this.channels));
  }

  /** Lets go of the next samples. */
  drop(count: number): void {
    this.#from = Math.min(this.#to, this.#from + count * this.channels);
  }

  clear(): void {
    this.#from = 0;
    this.#to = 0;
  }

  #makeRoom(added: number): void {
    const waiting = this.#pcm.subarray(this.#from, this.#to);
    const needed = waiting.length + added;
    const target = needed > this.#pcm.length ? new Float32Array(Math.max(needed, 2 * this.#pcm.length)) : this.#pcm;
    target.set(waiting);
    this.#pcm = target;
    this.#from = 0;
    this.#to = waiting.length;
  }
}
