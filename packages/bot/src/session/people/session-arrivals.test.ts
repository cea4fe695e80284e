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
