import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, SessionRig, startSession, voiceA, voiceA2 } from '../../testing/index.ts';
import { permissionLookMs, watchPermissions } from './permission-watch.ts';

const told = (rig: SessionRig) => rig.discord.said('permissions_changed').map(({ details }) => details);

test('permissions the bot loses in the channel are named, once, and so is what comes back; the session goes on', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  using _watch = watchPermissions(rig.services, session);
  const change = async (permissions: Partial<typeof rig.discord.permissions>) => {
    rig.discord.permissions = { ...rig.discord.permissions, ...permissions };
    await rig.clock.run(2 * permissionLookMs, permissionLookMs);
    await rig.drive(rig.background.settled());
  };
  await change({});
  assert.deepEqual(told(rig), []);
  await change({ connect: false, speak: false, moveMembers: true });
  await change({ speak: true, changeNickname: false });
  await change({ connect: true });
  assert.deepEqual(told(rig), [
    { channelId: voiceA, lost: ['Connect', 'Speak'], regained: [] },
    { channelId: voiceA, lost: ['Change Nickname'], regained: ['Speak'] },
    { channelId: voiceA, lost: [], regained: ['Connect'] },
  ]);
  assert.ok(session.isLive);
});

test('a channel that is not known for a while is compared with what it was before', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  using _watch = watchPermissions(rig.services, session);
  const channel = rig.discord.channels.get(voiceA);
  assert.ok(channel);
  rig.discord.channels.delete(voiceA);
  await rig.clock.run(permissionLookMs);
  rig.discord.channels.set(voiceA, channel);
  rig.discord.permissions = { ...rig.discord.permissions, view: false };
  await rig.clock.run(permissionLookMs);
  await rig.drive(rig.background.settled());
  assert.deepEqual(told(rig), [{ channelId: voiceA, lost: ['View Channel'], regained: [] }]);
});

test('another channel is not compared with the one before', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  using _watch = watchPermissions(rig.services, session);
  rig.discord.put(alice, voiceA2);
  assert.equal((await rig.join()).kind, 'switched');
  rig.discord.permissions = { ...rig.discord.permissions, speak: false };
  await rig.clock.run(2 * permissionLookMs, permissionLookMs);
  await rig.drive(rig.background.settled());
  assert.deepEqual(told(rig), []);
});
