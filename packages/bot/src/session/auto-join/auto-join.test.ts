import assert from 'node:assert/strict';
import { test } from 'node:test';
import { settle } from '@parley/protocol/testing';
import { startAutoJoin, occupiedTable as table } from '../../testing/auto-join-rig.ts';
import { alice, bob, guildA, musicBot, textA, voiceA, voiceA2 } from '../../testing/index.ts';
import { settleMs } from './auto-join.ts';

test('it comes when somebody is there, in their name, and says so in its channel', async () => {
  await using auto = await startAutoJoin(table);
  await auto.room({ [musicBot]: voiceA });
  assert.equal(auto.live(), null, 'a bot is nobody');
  await auto.room({ [alice]: voiceA });
  assert.equal(auto.live()?.requestedByUserId, alice);
  assert.equal(auto.rig.discord.posted.find(({ message }) => message.kind === 'recording_notice')?.channelId, textA);
});

test('sent away, it stays away until the room has emptied', async () => {
  await using auto = await startAutoJoin(table);
  await auto.room({ [alice]: voiceA });
  const session = auto.live();
  assert.ok(session);
  await auto.rig.drive(auto.rig.coordinator.end(session, 'kicked'), 50);
  await auto.room({ [bob]: voiceA });
  assert.equal(auto.live(), null);
  await auto.room({ [alice]: null, [bob]: null });
  assert.equal(auto.live(), null);
  await auto.room({ [bob]: voiceA });
  assert.equal(auto.live()?.requestedByUserId, bob);
});

test('a session a person called is neither moved nor ended by it', async () => {
  await using auto = await startAutoJoin({ ...table, followUserIds: [bob] });
  auto.rig.discord.put(alice, voiceA2);
  const outcome = await auto.rig.join();
  assert.equal(outcome.kind, 'joined');
  await auto.room({ [bob]: voiceA });
  assert.equal(auto.live()?.channelId, voiceA2);
  auto.rig.clock.advance(30_000);
  await auto.room({});
  assert.ok(auto.live()?.isLive);
});

test('it follows somebody from channel to channel, and goes when they have gone', async () => {
  await using auto = await startAutoJoin({ followUserIds: [bob], aloneLeaveSeconds: 20 });
  await auto.room({ [alice]: voiceA });
  assert.equal(auto.live(), null);
  await auto.room({ [bob]: voiceA });
  assert.equal(auto.live()?.channelId, voiceA);
  const { sessionId } = auto.live() ?? {};
  await auto.room({ [bob]: voiceA2 });
  assert.deepEqual([auto.live()?.channelId, auto.live()?.sessionId], [voiceA2, sessionId]);
  await auto.room({ [alice]: voiceA2 });
  await auto.room({ [bob]: null });
  assert.ok(auto.live()?.isLive, 'they may come back');
  await auto.rig.clock.run(25_000, 500);
  await auto.rig.until('it is gone', () => auto.live() === null, 50);
  const [end] = auto.rig.discord.said('session_ended');
  assert.equal(end, undefined, 'nobody wants to know that at this verbosity');
});

test('it does not go along into a channel it was not told of, where the person has gone meanwhile', async () => {
  await using auto = await startAutoJoin(table);
  await auto.room({});
  const letGo = auto.hold();
  auto.rig.discord.put(alice, voiceA);
  void auto.room({});
  await auto.rig.until('it is on its way', () => auto.rig.coordinator.busyGuilds === 1, 10);
  auto.rig.discord.put(alice, voiceA2);
  letGo();
  await auto.rig.drive(auto.rig.background.settled(), 10);
  assert.equal(auto.live(), null);
  await auto.room({ [alice]: voiceA });
  assert.equal(auto.live()?.channelId, voiceA, 'it comes when they are back');
});

test('a session that a person calls while it is on its way is not moved by it', async () => {
  await using auto = await startAutoJoin(table);
  await auto.room({});
  const letGo = auto.hold();
  auto.rig.discord.put(bob, voiceA2);
  const called = auto.rig.coordinator.join({
    ...{ guildId: guildA, textChannelId: textA, userId: bob, via: 'text', intentConfidence: 1 },
  });
  auto.rig.discord.put(alice, voiceA);
  void auto.room({});
  for (let turn = 0; turn < 100; turn += 1) {
    await settle();
    auto.rig.clock.advance(100);
  }
  letGo();
  assert.equal((await auto.rig.drive(called)).kind, 'joined');
  await auto.rig.drive(auto.rig.background.settled(), 10);
  assert.equal(auto.live()?.channelId, voiceA2);
  assert.equal(auto.live()?.requestedByUserId, bob);
});

test('a join the rules refuse is not repeated before something changes, and nobody is told', async () => {
  await using auto = await startAutoJoin(table);
  auto.rig.discord.managers.clear();
  const refusals = () => auto.rig.log.filter(({ msg }) => msg === 'it may not come by itself').length;
  await auto.room({ [alice]: voiceA });
  await auto.room({});
  assert.equal(refusals(), 1);
  assert.equal(auto.rig.discord.posted.length, 0);
  await auto.room({ [bob]: voiceA });
  assert.equal(refusals(), 2);
  await auto.rig.drive(auto.rig.services.store.guildSettings.set(guildA, { whoMayRecord: 'everyone' }));
  await auto.room({});
  assert.ok(auto.live()?.isLive);
});

test('refused for want of a place, it comes when one is free, though nobody moved', async () => {
  await using auto = await startAutoJoin(table);
  Object.assign(auto.rig.services.settings, { maxConcurrentSessions: 1 });
  const taken = auto.rig.coordinator.slots.lease('elsewhere');
  await auto.room({ [alice]: voiceA });
  assert.equal(auto.live(), null);
  taken?.[Symbol.dispose]();
  auto.rig.clock.advance(settleMs);
  await auto.rig.until('it has come', () => auto.live()?.isLive === true);
});
