import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Prng } from '@parley/sim';
import { chanceOf, runsOf, seed } from './chance.ts';

/** No single run takes longer than that, milliseconds: far more than any needs on a busy machine, far less than a loop without an end. */
const hangsAboveMs = 30_000;

/** How often `body` runs, in CI and in a long run. */
export interface FuzzRuns {
  readonly short: number;
  readonly long: number;
  /** Why it cannot run here. */
  readonly skip?: string;
}

/** A test that tries `body` with one generator after the other. A failure names the run and the seed it can be had again with. */
export const fuzz = (
  name: string,
  { short, long, skip }: FuzzRuns,
  body: (chance: Prng, run: number) => void | Promise<void>,
): void => {
  test(name, skip === undefined ? {} : { skip }, async (t) => {
    const runs = runsOf(short, long);
    let slowestMs = 0;
    for (let run = 0; run < runs; run += 1) {
      const startedAt = performance.now();
      try {
        await body(chanceOf(name, run), run);
      } catch (cause) {
        throw new Error(`run ${run} of PARLEY_FUZZ_SEED=${seed}`, { cause });
      }
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
      assert.ok(slowestMs < hangsAboveMs, `run ${run} of PARLEY_FUZZ_SEED=${seed} took ${slowestMs} ms`);
    }
    t.diagnostic(`PARLEY_FUZZ_SEED=${seed}: ${runs} runs, the slowest ${slowestMs.toFixed(1)} ms`);
  });
};
