import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HeardLedger, nobodyHeardMs, personUnheardMs } from './heard-ledger.ts';

const stepMs = 10_000;

/** Looks around every 10 s: who is audible / who is muted / who is heard / P: paused. Tells what was found, and when in seconds. */
const run = (looks: readonly string[]): string[] => {
  const ledger = new HeardLedger(0);
  const found: string[] = [];
  looks.forEach((look, index) => {
    const [audible = '', muted = '', heard = '', paused] = look.split('/');
    const people = [
      ...[...audible].map((userId) => ({ userId, audible: true })),
      ...[...muted].map((userId) => ({ userId, audible: false })),
    ];
    const at = (index + 1) * stepMs;
    const { nobodyMs, userIds } = ledger.look(at, people, new Set(heard), paused === 'P');
    if (nobodyMs !== null) found.push(`${at / 1000}: nobody`);
    if (userIds.length > 0) found.push(`${at / 1000}: ${userIds.join('')}`);
  });
  return found;
};
const times = (count: number, look: string): string[] => Array<string>(count).fill(look);

for (const [what, looks, expected] of [
  ['nobody speaks', times(40, 'ab//'), ['60: nobody']],
  ['everybody is muted', times(40, '/ab/'), []],
  ['the room is empty', times(40, '//'), []],
  ['somebody speaks in time', [...times(5, 'ab//'), ...times(3, 'ab//a')], []],
  ['it is paused', times(40, 'ab///P'), []],
  ['a pause counts for nothing', [...times(4, 'a//'), ...times(9, 'a///P'), ...times(3, 'a//')], ['150: nobody']],
  ['one is never heard while another is', times(40, 'ab//a'), ['120: b']],
  ['the silent one is muted', times(40, 'a/b/a'), []],
  ['the silent one is muted half the time', [...times(11, 'ab//a'), ...times(9, 'a/b/a'), 'ab//a'], ['210: b']],
  ['nobody speaks for long', [...times(3, 'ab//a'), ...times(40, 'ab//')], []],
  ['one speaks at last', [...times(11, 'ab//a'), ...times(20, 'ab//ab')], []],
  ['two are never heard', times(40, 'abc//a'), ['120: bc']],
  ['one comes later', [...times(9, 'a//a'), ...times(20, 'ab//a')], ['210: b']],
] as const) {
  test(`${what}: ${expected.length === 0 ? 'nothing to say' : expected.join(', ')}`, () => {
    assert.deepEqual(run(looks), expected);
  });
}

test('the limits are what the looks above assume', () => {
  assert.deepEqual([nobodyHeardMs, personUnheardMs], [60_000, 120_000]);
});
