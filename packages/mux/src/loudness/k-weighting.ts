/**
 * The K-weighting of ITU-R BS.1770-4, annex 1, tables 1 and 2, for one channel at 48 kHz, and the energy behind it.
 * The two second-order filters run in transposed direct form II; the second has the numerator (1, -2, 1).
 */
export class KWeighting {
  #s1 = 0;
  #s2 = 0;
  #t1 = 0;
  #t2 = 0;

  /** Sum of squares of the weighted samples `pcm[from], pcm[from + stride], …` before `to`, in the units of `pcm` squared. */
  energy(pcm: Float32Array | Int16Array, from: number, to: number, stride: number): number {
    let s1 = this.#s1;
    let s2 = this.#s2;
    let t1 = this.#t1;
    let t2 = this.#t2;
    let sum = 0;
    for (let i = from; i < to; i += stride) {
      const x = pcm[i] as number;
      const y = 1.53512485958697 * x + s1;
      s1 = -2.69169618940638 * x + 1.69065929318241 * y + s2;
      s2 = 1.19839281085285 * x - 0.73248077421585 * y;
      const z = y + t1;
      t1 = -2 * y + 1.99004745483398 * z + t2;
      t2 = y - 0.99007225036621 * z;
      sum += z * z;
    }
    // What rings out towards zero ends as subnormal numbers, on which processors are a hundred times slower.
    const still = Math.abs(s1) + Math.abs(s2) + Math.abs(t1) + Math.abs(t2) < 1e-20;
    this.#s1 = still ? 0 : s1;
    this.#s2 = still ? 0 : s2;
    this.#t1 = still ? 0 : t1;
    this.#t2 = still ? 0 : t2;
    return sum;
  }
}
