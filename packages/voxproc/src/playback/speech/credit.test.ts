import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type CreditOf, grantsOf } from './credit.ts';

const utterance = (over: Partial<CreditOf>): CreditOf => ({
  receivedMs: 0,
  consumedMs: 0,
  isEnded: false,
  grantedMs: 0,
  ...over,
});

for (const [says, utterances, grants] of [
  ['the first has the whole window, the next waits', [{}, {}], [2000, 0]],
  ['what is played is granted anew', [{ receivedMs: 2000, consumedMs: 700, grantedMs: 2000 }, {}], [2700, 0]],
  [
    'what one that has ended leaves of the window is the next one’s',
    [{ receivedMs: 900, consumedMs: 400, isEnded: true, grantedMs: 2400 }, {}, {}],
    [2400, 1500, 0],
  ],
  [
    'several that have ended, and the one after them',
    [
      { receivedMs: 600, isEnded: true, grantedMs: 2000 },
      { receivedMs: 300, isEnded: true, grantedMs: 1400 },
      { receivedMs: 500, grantedMs: 900 },
    ],
    [2000, 1400, 1100],
  ],
  ['a grant never shrinks', [{ grantedMs: 2500, receivedMs: 0 }, { grantedMs: 300 }], [2500, 300]],
] as const) {
  test(`credit: ${says}`, () => {
    assert.deepEqual(grantsOf(utterances.map(utterance)), grants);
  });
}
