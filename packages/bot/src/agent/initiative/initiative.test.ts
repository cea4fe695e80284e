import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { Initiative } from './initiative.ts';
import { minBetweenMs, minSilenceMs, type ThoughtGate, type ThoughtSituation, thoughtGateOf } from './thought-gate.ts';

const free: ThoughtSituation = {
  ...{ eagerness: 50, awake: true, heardHumans: 2, musicPlays: false, answering: false, listening: false },
  ...{ addressing: 'auto', quietSince: 0, triedAt: Number.NEGATIVE_INFINITY },
};

const rows: readonly (readonly [Partial<ThoughtSituation>, number, ThoughtGate | null])[] = [
  [{}, minSilenceMs, null],
  [{}, minSilenceMs - 1, 'not_quiet_long'],
  [{ eagerness: 0 }, minSilenceMs, 'initiative_off'],
  [{ awake: false }, minSilenceMs, 'not_awake'],
  [{ addressing: 'never' }, minSilenceMs, 'command_only'],
  [{ heardHumans: 0 }, minSilenceMs, 'nobody_there'],
  [{ musicPlays: true }, minSilenceMs, 'music_playing'],
  [{ answering: true }, minSilenceMs, 'turn_under_way'],
  [{ listening: true }, minSilenceMs, 'somebody_speaks'],
  [{ triedAt: minSilenceMs }, minSilenceMs + minBetweenMs - 1, 'tried_lately'],
  [{ triedAt: minSilenceMs }, minSilenceMs + minBetweenMs, null],
];
for (const [change, nowMs, gate] of rows) {
  test(`${JSON.stringify(change)} after ${nowMs} ms: ${gate ?? 'it may speak'}`, () => {
    assert.equal(thoughtGateOf({ ...free, ...change }, nowMs), gate);
  });
}

for (const [random, spoken] of [
  [0.49, 2],
  [0.5, 0],
] as const) {
  test(`with an eagerness of half and ${random} drawn it speaks ${spoken} times in two minutes of silence`, async () => {
    const clock = new FakeClock();
    let times = 0;
    const { quietSince: _q, triedAt: _t, ...situation } = free;
    using _initiative = new Initiative({
      ...{ clock, random: () => random, situation: () => situation },
      speak: () => {
        times += 1;
        return true;
      },
    });
    await clock.run(120_000, 1000);
    assert.equal(times, spoken);
  });
}
