/** Zero crossings of the sinc on each side: enough for recognizers, which is all this is for. */
const crossings = 12;

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));
const hann = (x: number): number => 0.5 + 0.5 * Math.cos(Math.PI * x);

/**
 * s16le mono from one rate to another, for recognizers: pieces of any size give the same samples as the whole. What people hear is
 * resampled in the audio process.
 */
export class SpeechResampler {
  readonly #from: number;
  readonly #to: number;
  readonly #cutoff: number;
  readonly #reach: number;
  /** Samples from `#first` of the input on. */
  #kept: number[] = [];
  #first = 0;
  #taken = 0;
  #made = 0;

  constructor(from: number, to: number) {
    this.#from = from;
    this.#to = to;
    this.#cutoff = Math.min(1, to / from);
    this.#reach = Math.ceil(crossings / this.#cutoff);
  }

  /** @returns what can be made of it so far */
  push(pcm: Uint8Array): Uint8Array {
    if (this.#from === this.#to) return pcm;
    const view = new DataView(pcm.buffer, pcm.byteOffset, pcm.byteLength);
    for (let at = 0; at + 1 < pcm.byteLength; at += 2) this.#kept.push(view.getInt16(at, true));
    this.#taken += Math.floor(pcm.byteLength / 2);
    return this.#make(this.#taken - this.#reach);
  }

  /** What is left, at the end. */
  flush(): Uint8Array {
    return this.#from === this.#to ? new Uint8Array(0) : this.#make(this.#taken);
  }

  #make(until: number): Uint8Array {
    const made: number[] = [];
    for (;;) {
      const place = (this.#made * this.#from) / this.#to;
      if (place >= until) break;
      made.push(this.#at(place));
      this.#made += 1;
    }
    const next = Math.max(0, Math.floor((this.#made * this.#from) / this.#to) - this.#reach);
    if (next > this.#first) {
      this.#kept.splice(0, next - this.#first);
      this.#first = next;
    }
    return new Uint8Array(Int16Array.from(made).buffer);
  }

  #at(place: number): number {
    let sum = 0;
    for (let index = Math.ceil(place - this.#reach); index <= place + this.#reach; index += 1) {
      const sample = this.#kept[index - this.#first];
      if (sample === undefined) continue;
      const x = index - place;
      sum += sample * this.#cutoff * sinc(x * this.#cutoff) * hann(x / this.#reach);
    }
    return Math.max(-32_768, Math.min(32_767, Math.round(sum)));
  }
}
