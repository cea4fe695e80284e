import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, bob, journalOf, musicBot, SessionRig, startSession, voiceA } from '../../testing/index.ts';

test('each late joiner gets the notice once; bots get none', async () => {
  await using rig = await SessionRig.start();
  const { session, folder } = await startSession(rig);
  session.voiceState(rig.discord.put(bob, voiceA), voiceA);
  session.voiceState(rig.discord.put(musicBot, voiceA), voiceA);
  session.voiceState(rig.discord.put(bob, voiceA, { muted: true }), voiceA);
  session.voiceState(rig.discord.put(bob, null), null);
  rig.clock.advance(1000);
  session.voiceState(rig.discord.put(bob, voiceA), voiceA);
  rig.clock.advance(5000);
  await rig.drive(rig.background.settled());
  await session.recording.current?.flush();
  assert.deepEqual(
    rig.discord.said('late_joiner_notice').map(({ details }) => (details as { userId: string }).userId),
    [bob],
  );
  const events = (await journalOf(folder)).flatMap((line) =>
    line.type === 'participant' ? [`${line.event} ${line.userId}`] : [],
  );
  assert.deepEqual(events, [`present ${alice}`, `joined ${bob}`, `joined ${musicBot}`]);
});

test('somebody whose member is not known is looked up before they are told anything', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  session.voiceState(rig.discord.put(musicBot, voiceA, { bot: null }), voiceA);
  await rig.drive(rig.background.settled());
  assert.equal(session.people.membership.get(musicBot)?.bot, true);
  assert.equal(rig.discord.said('late_joiner_notice').length, 0);
});

test('a look-up that fails is tried again until it is known who it is, and then they get the notice', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  const { resolvePerson } = rig.discord;
  let failures = 0;
  rig.discord.resolvePerson = async (guildId, userId) => {
    failures += 1;
    if (failures < 4) throw new Error('Discord does not answer');
    return await resolvePerson.call(rig.discord, guildId, userId);
  };
  session.voiceState(rig.discord.put(bob, voiceA, { bot: null }), voiceA);
  await rig.drive(rig.background.settled());
  assert.equal(rig.discord.said('late_joiner_notice').length, 0);
  for (const ms of [2000, 4000, 8000]) {
    rig.clock.advance(ms);
    await rig.drive(rig.background.settled());
  }
  assert.equal(failures, 4);
  assert.equal(session.people.membership.get(bob)?.bot, false);
  assert.equal(rig.discord.said('late_joiner_notice').length, 1);
  assert.equal(rig.log.filter(({ msg }) => msg === 'it cannot be known who somebody is').length, 3);
});

test('nobody is looked up any more once they have gone or the session is over', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  let asked = 0;
  rig.discord.resolvePerson = async () => {
    asked += 1;
    throw new Error('Discord does not answer');
  };
  session.voiceState(rig.discord.put(bob, voiceA, { bot: null }), voiceA);
  await rig.drive(rig.background.settled());
  session.voiceState(rig.discord.put(bob, null, { bot: null }), null);
  rig.clock.advance(10_000);
  await rig.drive(rig.background.settled());
  assert.equal(asked, 1);
  session.voiceState(rig.discord.put(bob, voiceA, { bot: null }), voiceA);
  await rig.drive(rig.background.settled());
  rig.coordinator.requestEnd(session, 'requested');
  await rig.drive(session.ended, 10);
  const untilTheEnd = asked;
  assert.ok(untilTheEnd >= 2);
  rig.clock.advance(120_000);
  await rig.drive(rig.background.settled());
  assert.equal(asked, untilTheEnd);
});

test('who was there from the beginning and is only known later has not come', async () => {
  await using rig = await SessionRig.start();
  const known = Promise.withResolvers<void>();
  const { resolvePerson } = rig.discord;
  rig.discord.resolvePerson = async (guildId, userId) => {
    await known.promise;
    return await resolvePerson.call(rig.discord, guildId, userId);
  };
  rig.discord.put(bob, voiceA, { bot: null });
  const { session, folder } = await startSession(rig);
  known.resolve();
  await rig.drive(rig.background.settled());
  await session.recording.current?.flush();
  const events = (await journalOf(folder)).flatMap((line) =>
    line.type === 'participant' && line.userId === bob ? [`${line.event} ${line.bot}`] : [],
  );
  assert.deepEqual(events, ['present null', 'present false']);
});
