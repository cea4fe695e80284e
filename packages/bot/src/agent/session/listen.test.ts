import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '@parley/protocol/testing';
import { alice } from '../../testing/fake-discord.ts';
import { AgentRig } from '../testing/agent-rig.ts';

for (const [what, restsBefore] of [
  ['awake', false],
  ['at rest, waiting for its name', true],
] as const)
  test(`an agent ${what} that is told not to listen hears nobody, not even on this host, until it is told to`, async () => {
    await using rig = await AgentRig.live({ words: 'local' });
    if (restsBefore) await rig.clock.run(301_000, 1000);
    assert.equal(rig.agent.state.resting, restsBefore ? 'inactive' : null);
    const said = rig.said.length;
    rig.agent.sendToRest();
    await settle();
    assert.equal(rig.agent.state.resting, 'commanded');
    assert.equal(rig.provider.last.closed, true);
    assert.equal(rig.said.length, said, 'the command itself says so');
    await assert.rejects(rig.begins(alice), /no capture/);
    rig.voice.speakingStopped?.(alice);
    assert.ok(rig.agent.wake());
    await settle();
    assert.equal(rig.agent.state.resting, null);
    assert.ok(await rig.begins(alice));
  });

test('sent to rest and told not to listen at once, it does not listen for its name', async () => {
  await using rig = await AgentRig.live({ words: 'local' });
  await rig.clock.run(299_000, 1000);
  rig.clock.advance(2000);
  rig.agent.sendToRest();
  await settle();
  await assert.rejects(rig.begins(alice), /no capture/);
});

test('music that began while the agent rested defers its next rest', async () => {
  await using rig = await AgentRig.live();
  await rig.clock.run(301_000, 1000);
  rig.agent.music(true);
  assert.ok(rig.agent.wake());
  await rig.clock.run(400_000, 1000);
  assert.equal(rig.agent.state.resting, null);
  rig.agent.music(false);
  await rig.clock.run(301_000, 1000);
  assert.equal(rig.agent.state.resting, 'inactive');
});
