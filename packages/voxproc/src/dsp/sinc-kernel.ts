/** Zero crossings on each side of the kernel: with the window below a transition from 0.40 to 0.50 of the lower rate. */
const ZERO_CROSSINGS = 24;
/** Half power of the low pass, as a fraction of the lower rate. */
const CUTOFF = 0.45;
/** Shape of the Kaiser window: stop band 76 dB down (Kaiser 1974: 0.1102 × (A − 8.7)). */
const KAISER_BETA = 7.42;
/** Ratios with more phases than this are read between neighbouring phases: 512 of them are exact to −100 dB. */
export const MAX_PHASES = 512;

/** A low-pass kernel cut into phases. */
export interface SincKernel {
  /** Input samples on each side of an output sample, an even number. */
  readonly half: number;
  /** Coefficients of one phase: `2 × half`. */
  readonly taps: number;
  /** Phases between one input sample and the next; the table holds one more row, that of the next sample. */
  readonly phases: number;
  /** Row after row, `taps` coefficients each. */
  readonly table: Float32Array;
}

/** Modified Bessel function of the first kind, order 0, by its series. */
const besselI0 = (x: number): number => {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k += 1) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
};

/** `sin(πx) / πx`. */
const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/**
 * The windowed sinc for a conversion from `from` to `to` Hz, in `phases` steps an input sample. Each phase passes a constant unchanged.
 * Coefficient `i` of phase `p` belongs to the input sample `i − half + 1 − p / phases` away from the output sample.
 */
export const sincKernel = (from: number, to: number, phases: number): SincKernel => {
  const stretch = Math.max(1, from / to);
  const half = 2 * Math.ceil((ZERO_CROSSINGS * stretch) / 2);
  const taps = 2 * half;
  const bandwidth = (2 * CUTOFF) / stretch;
  const reach = ZERO_CROSSINGS * stretch;
  const table = new Float32Array((phases + 1) * taps);
  const row = new Float64Array(taps);
  for (let phase = 0; phase <= phases; phase += 1) {
    let sum = 0;
    for (let index = 0; index < taps; index += 1) {
      const distance = index - half + 1 - phase / phases;
      const inside = 1 - (distance / reach) ** 2;
      const window = inside < 0 ? 0 : besselI0(KAISER_BETA * Math.sqrt(inside));
      row[index] = sinc(distance * bandwidth) * window;
      sum += row[index] as number;
    }
    for (let index = 0; index < taps; index += 1) table[phase * taps + index] = (row[index] as number) / sum;
  }
  return { half, taps, phases, table };
};
