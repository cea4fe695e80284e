import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '@parley/protocol/testing';
import { alice, bob, SessionRig, voiceA } from '../../testing/index.ts';
import { watchHeard } from './heard-watch.ts';
import { logEachMinute } from './minute-log.ts';

test('nobody heard in the first minute is said once; then who is never heard while another is; the log has a line a minute', async () => {
  await using rig = await SessionRig.start();
  rig.discord.put(alice, voiceA);
  rig.discord.put(bob, voiceA);
  rig.discord.put('400000000000000003', voiceA, { muted: true });
  const outcome = await rig.join();
  if (outcome.kind !== 'joined') assert.fail();
  const { session } = outcome;
  using _watch = watchHeard(rig.services, session);
  using _log = logEachMinute(rig.services, session);
  const pass = async (ms: number, speaker?: string) => {
    for (let passed = 0; passed < ms; passed += 10_000) {
      if (speaker !== undefined) rig.voxprocs[0]?.tell('speaking.started', { userId: speaker });
      await rig.clock.run(10_000, 500);
    }
    await settle();
  };
  await pass(120_000);
  assert.equal(rig.discord.said('nothing_heard').length, 1);
  await pass(150_000, alice);
  const unheard = rig.discord.said('person_unheard');
  assert.deepEqual(
    unheard.map(({ details }) => (details as { userIds: string[] }).userIds),
    [[bob]],
  );
  const lines = rig.log.filter(({ msg }) => msg === 'recording');
  assert.equal(lines.length, 4);
  assert.deepEqual(lines[0]?.recorded, [alice, bob, '400000000000000003']);
  assert.equal(lines.at(-1)?.minutes, 4);
});
