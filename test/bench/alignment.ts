import { type Outcome, runScenario, type Spread } from './alignment/run-scenario.ts';
import { budget, type Scenario } from './alignment/scenario.ts';
import { crossed, long, special } from './alignment/scenarios.ts';
import { misses } from './alignment/verdict.ts';
import type { Bench, Figure } from './bench.ts';

const runAll = async (scenarios: readonly Scenario[]): Promise<Outcome[]> => {
  const outcomes: Outcome[] = [];
  for (const scenario of scenarios) outcomes.push(await runScenario(scenario));
  return outcomes;
};

const worst = (outcomes: readonly Outcome[], of: (outcome: Outcome) => number): number => Math.max(...outcomes.map(of));

/** The largest of each figure over some scenarios, beside the two designs on the same packets. */
const figuresOf = (name: string, outcomes: readonly Outcome[]): Figure[] => {
  const largest = (spread: (outcome: Outcome) => Spread) => ({
    p95: worst(outcomes, (outcome) => spread(outcome).p95),
    max: worst(outcomes, (outcome) => spread(outcome).max),
  });
  const tracks = largest((outcome) => outcome.tracks);
  const live = largest((outcome) => outcome.live);
  const arrival = largest((outcome) => outcome.arrival);
  const rtpOnce = largest((outcome) => outcome.rtpOnce);
  const window = worst(outcomes, (outcome) => outcome.window.large);
  const nextSpurt = worst(outcomes, (outcome) => outcome.window.small);
  const figures: Figure[] = [
    {
      name: `${name}: p95`,
      value: tracks.p95,
      unit: 'ms',
      reference: { name: 'arrival', value: arrival.p95 },
      budget: { text: `≤ ${budget.p95Ms} ms`, ok: tracks.p95 <= budget.p95Ms },
    },
    {
      name: '  max',
      value: tracks.max,
      unit: 'ms',
      reference: { name: 'RTP anchored once', value: rtpOnce.max },
      budget: { text: `≤ ${budget.maxMs} ms`, ok: tracks.max <= budget.maxMs },
    },
    {
      name: '  voxproc alone: p95',
      value: live.p95,
      unit: 'ms',
      reference: { name: 'RTP anchored once', value: rtpOnce.p95 },
    },
  ];
  if (window > 0) {
    const ok = window <= budget.windowMs;
    figures.push({
      name: '  a step > 200 ms is seen for',
      value: window,
      unit: 'ms',
      budget: { text: '≤ 250 ms', ok },
    });
  }
  if (nextSpurt > 0) {
    figures.push({ name: '  a lesser step, at most until the next spurt', value: nextSpurt, unit: 'ms' });
  }
  return figures;
};

/** Two people's alignment on the finished tracks: the real recorder and the mux's own solve, packets on a clock that runs ahead. */
export const alignment: Bench = {
  name: 'alignment',
  says: 'how far two people are apart on their tracks, the worst scenario of each row; constant delays taken out',
  async run({ sanity }) {
    const minutes = sanity ? 1 : 10;
    const network = await runAll(sanity ? crossed(minutes).slice(-4) : crossed(minutes));
    const sender = await runAll(sanity ? special(minutes).slice(0, 4) : special(minutes));
    const hours = await runAll(long(sanity ? [] : [1, 3, 6]));
    const all = [...network, ...sender, ...hours];
    const figures: Figure[] = [];
    for (const [loss, outcomes] of Map.groupBy(network, ({ scenario }) => scenario.network.loss)) {
      figures.push(...figuresOf(`loss ${loss * 100} %, ${outcomes.length} networks`, outcomes));
    }
    for (const outcome of [...sender, ...hours]) figures.push(...figuresOf(outcome.scenario.name, [outcome]));
    const broken = all.flatMap((outcome) => outcome.broken);
    figures.push({
      name: `sums that do not add up, ${all.length} scenarios`,
      value: broken.length,
      unit: '',
      budget: { text: 'none', ok: broken.length === 0 },
    });
    for (const words of all.flatMap(misses)) process.stdout.write(`  ${words}\n`);
    return figures;
  },
};
