/** Four phases of 12 taps (ITU-R BS.1770-4, annex 2): the signal at four times 48 kHz. Phase 3 mirrors phase 0, phase 2 phase 1. */
const phase0 = [
  0.001708984375, 0.010986328125, -0.0196533203125, 0.033203125, -0.0594482421875, 0.1373291015625, 0.97216796875,
  -0.102294921875, 0.047607421875, -0.026611328125, 0.014892578125, -0.00830078125,
];
const phase1 = [
  -0.0291748046875, 0.029296875, -0.0517578125, 0.089111328125, -0.16650390625, 0.465087890625, 0.77978515625,
  -0.2003173828125, 0.1015625, -0.0582275390625, 0.0330810546875, -0.0189208984375,
];
const phases = [phase0, phase1, phase1.toReversed(), phase0.toReversed()].map((taps) => Float64Array.from(taps));
const TAPS = 12;
/** Between two samples a signal below 16 kHz exceeds the larger one at most by this factor (Bernstein's inequality). */
const MAX_GAIN = 2;

/**
 * The true peak of one channel (ITU-R BS.1770-4, annex 2). Interpolates only where the result could exceed the peak found so far:
 * most of a recording is quieter than its loudest tenth of a second.
 */
export class TruePeak {
  readonly #limit: number;
  readonly #above: (sample: number, magnitude: number) => void;
  #taken = 0;
  /** The last 11 samples taken, oldest first. */
  readonly #tail = new Float64Array(TAPS - 1);
  /** The tail and a piece, while it is looked at closely. */
  #window = new Float64Array(0);
  #peak = 0;

  /** With a limit, `above` is told each sample (counted from the first one taken; good to 0.2 ms) near which it is exceeded. */
  constructor(limit = Number.POSITIVE_INFINITY, above: (sample: number, magnitude: number) => void = () => {}) {
    this.#limit = limit;
    this.#above = above;
  }

  /** The largest magnitude so far, in the units of what was taken. */
  get peak(): number {
    return this.#peak;
  }

  /** Takes samples `pcm[from], pcm[from + stride], …` before `to`. */
  take(pcm: Float32Array | Int16Array, from: number, to: number, stride: number): void {
    const count = Math.ceil((to - from) / stride);
    const tail = this.#tail;
    let largest = 0;
    for (let i = from; i < to; i += stride) {
      const sample = pcm[i] as number;
      const magnitude = sample < 0 ? -sample : sample;
      if (magnitude > largest) largest = magnitude;
    }
    if (largest > this.#peak) this.#peak = largest;
    for (let i = 0; i < tail.length; i += 1) largest = Math.max(largest, Math.abs(tail[i] as number));
    if (largest * MAX_GAIN > Math.min(this.#peak, this.#limit)) {
      if (this.#window.length !== count + tail.length) this.#window = new Float64Array(count + tail.length);
      const window = this.#window;
      window.set(tail);
      for (let i = from, at = tail.length; i < to; i += stride, at += 1) window[at] = pcm[i] as number;
      this.#interpolate(window, count);
    }
    this.#taken += count;
    const kept = Math.max(0, tail.length - count);
    tail.copyWithin(0, tail.length - kept);
    for (let i = kept; i < tail.length; i += 1)
      tail[i] = pcm[to - 1 - (tail.length - 1 - i) * stride - ((to - 1 - from) % stride)] as number;
  }

  #interpolate(window: Float64Array, count: number): void {
    let before = Math.abs(window[TAPS / 2 - 1] as number);
    for (let i = 0; i < count; i += 1) {
      const after = Math.abs(window[i + TAPS / 2] as number);
      const nearest = Math.max(before, after);
      before = after;
      if (nearest * MAX_GAIN <= Math.min(this.#peak, this.#limit)) continue;
      let largest = after;
      for (const taps of phases) {
        let sum = 0;
        for (let tap = 0; tap < TAPS; tap += 1) sum += (taps[tap] as number) * (window[i + TAPS - 1 - tap] as number);
        const magnitude = sum < 0 ? -sum : sum;
        if (magnitude > largest) largest = magnitude;
      }
      if (largest > this.#peak) this.#peak = largest;
      if (largest > this.#limit) this.#above(this.#taken + i, largest);
    }
  }
}
