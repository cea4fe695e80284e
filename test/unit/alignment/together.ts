import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type Outcome, runScenario } from '../../bench/alignment/run-scenario.ts';
import type { Scenario } from '../../bench/alignment/scenario.ts';
import { crossed } from '../../bench/alignment/scenarios.ts';
import { misses } from '../../bench/alignment/verdict.ts';

const table: string[] = [];

const row = (name: string, outcomes: readonly Outcome[]): void => {
  const worst = (of: (outcome: Outcome) => number): string =>
    Math.max(...outcomes.map(of))
      .toFixed(1)
      .padStart(8);
  const cells = [
    worst(({ tracks }) => tracks.p95),
    worst(({ tracks }) => tracks.max),
    worst(({ window }) => window.large),
    worst(({ arrival }) => arrival.p95),
    worst(({ rtpOnce }) => rtpOnce.p95),
  ];
  table.push(`${name.padEnd(40)} ${cells.join(' ')}`);
};

/** A test for each of these losses (shares): two people, 2 minutes, on every network with it. */
export const testLosses = (losses: readonly number[]): void => {
  const byLoss = Map.groupBy(crossed(2), ({ network }) => network.loss);
  for (const loss of losses) {
    const scenarios = byLoss.get(loss) ?? assert.fail(`no network loses ${loss}`);
    test(`two people stay together on their tracks, loss ${loss * 100} %: jitter, reordering, drift, stalls, each with each`, async () => {
      const outcomes: Outcome[] = [];
      for (const scenario of scenarios) outcomes.push(await runScenario(scenario));
      row(`loss ${loss * 100} %, ${scenarios.length} networks`, outcomes);
      assert.deepEqual(outcomes.flatMap(misses), []);
    });
  }
};

/** A test for each of these scenarios. */
export const testScenarios = (scenarios: readonly Scenario[]): void => {
  for (const scenario of scenarios) {
    test(`two people stay together on their tracks: ${scenario.name}`, async () => {
      const outcome = await runScenario(scenario);
      row(scenario.name, [outcome]);
      assert.deepEqual(misses(outcome), []);
    });
  }
};

after(() => {
  const head = ['p95', 'max', 'window', 'arrival', 'RTP once'].map((word) => word.padStart(8)).join(' ');
  const lines = [`${'tracks of two people, ms'.padEnd(40)} ${head}`, ...table];
  process.stdout.write(`${lines.map((line) => `# ${line}`).join('\n')}\n`);
});
