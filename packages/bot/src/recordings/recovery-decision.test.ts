import assert from 'node:assert/strict';
import { test } from 'node:test';
import { continueWithinMs, decideRecovery, type RecoveryFacts, rejoinWithinMs } from './recovery-decision.ts';

const crashed: RecoveryFacts = {
  sameBoot: true,
  silentMs: 5000,
  ended: false,
  channelKnown: true,
  allowed: true,
  peopleStillThere: 2,
};

for (const { name, facts, decision } of [
  { name: 'just now, people there', facts: {}, decision: 'rejoin' },
  { name: 'ten minutes ago to the millisecond', facts: { silentMs: rejoinWithinMs }, decision: 'rejoin' },
  { name: 'more than ten minutes ago', facts: { silentMs: rejoinWithinMs + 1 }, decision: 'finish_and_continue' },
  { name: 'before a reboot', facts: { sameBoot: false }, decision: 'finish_and_continue' },
  { name: 'everybody left', facts: { peopleStillThere: 0 }, decision: 'finish' },
  { name: 'the channel is gone', facts: { channelKnown: false, peopleStillThere: 0 }, decision: 'finish' },
  { name: 'the settings no longer let it in', facts: { allowed: false }, decision: 'finish' },
  { name: 'so long ago that nobody expects it', facts: { silentMs: continueWithinMs + 1 }, decision: 'finish' },
  { name: 'the recording had ended, only its file was not written', facts: { ended: true }, decision: 'finish' },
] as const) {
  test(`a crash with: ${name} → ${decision}`, () => assert.equal(decideRecovery({ ...crashed, ...facts }), decision));
}
