import { randomInt } from 'node:crypto';
import { Prng } from '@parley/sim';

const given = (name: string): number | null => {
  const text = process.env[name];
  if (text === undefined || text === '') return null;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${name} is a whole number, not "${text}"`);
  return value;
};

/** Whether there is time for a long run (`npm run test:long`). */
const isLong = process.env.PARLEY_TEST_LONG === '1';

/** Where all chance of this process comes from: PARLEY_FUZZ_SEED, or a new one each time. */
export const seed = given('PARLEY_FUZZ_SEED') ?? randomInt(2 ** 31);

/** How often a test tries something, in a short run and in a long one; PARLEY_FUZZ_RUNS is instead of both. */
export const runsOf = (short: number, long: number): number => given('PARLEY_FUZZ_RUNS') ?? (isLong ? long : short);

/** The generator of one run of a test: the same for the same seed, whatever ran before. */
export const chanceOf = (test: string, run: number): Prng => new Prng(seed).fork(`${test}:${run}`);
