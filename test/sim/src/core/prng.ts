const GOLDEN = 0x9e3779b9;

/** FNV-1a over a name, so that named forks of one seed are independent of the order they are made in. */
const hashName = (name: string): number => {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
};

/** A small deterministic generator (mulberry32): same seed, same faults. Not for secrets. */
export class Prng {
  readonly #seed: number;
  #state: number;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#state = (this.#seed ^ GOLDEN) >>> 0;
  }

  /** A generator of its own for one purpose; its numbers depend on the seed and the name alone. */
  fork(name: string): Prng {
    return new Prng((Math.imul(this.#seed ^ hashName(name), 0x85ebca6b) + hashName(`${name}/`)) >>> 0);
  }

  /** A number in [0, 1). */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** True in `percent` of 100 calls. */
  chance(percent: number): boolean {
    return this.next() * 100 < percent;
  }

  /** A whole number in [low, high]. */
  int(low: number, high: number): number {
    return low + Math.floor(this.next() * (high - low + 1));
  }

  bytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.int(0, 255)));
  }
}
