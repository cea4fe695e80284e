import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type SessionEndReason, sessionEndReasons } from '../../notify/session-end-reason.ts';
import { alice, bob, guildA, guildB, SessionRig, textA, voiceA, voiceA2, voiceB } from '../../testing/index.ts';

/** A guild whose bot has a nickname of its own, and a session in it. */
const openRig = async (options: Parameters<typeof SessionRig.start>[0] = {}): Promise<SessionRig> => {
  const rig = await SessionRig.start(options);
  rig.discord.nicknames.set(guildA, 'Scribe');
  rig.discord.put(alice, voiceA);
  return rig;
};

const live = async (rig: SessionRig) => {
  const outcome = await rig.join();
  if (outcome.kind !== 'joined') assert.fail(JSON.stringify(outcome));
  assert.equal(rig.discord.nicknames.get(guildA), '[REC] Scribe');
  return outcome.session;
};

/** The name is what it was, and nothing is remembered that a next start would undo. */
const assertRestored = async (rig: SessionRig): Promise<void> => {
  await rig.drive(rig.background.settled(), 100);
  assert.equal(rig.discord.nicknames.get(guildA), 'Scribe');
  assert.deepEqual(await rig.services.store.indicators.all(), []);
};

for (const reason of Object.keys(sessionEndReasons) as SessionEndReason[]) {
  test(`a session that ends for ${reason} gives the bot its name back`, async () => {
    await using rig = await openRig();
    const session = await live(rig);
    rig.coordinator.requestEnd(session, reason);
    await rig.drive(session.ended, 100);
    await assertRestored(rig);
  });
}

test('an audio process that does not answer the end gives the name back too', async () => {
  for (const request of ['recording.stop', 'session.leave'] as const) {
    await using rig = await openRig({ scripts: [{ on: { [request]: () => Promise.withResolvers().promise } }] });
    const session = await live(rig);
    rig.coordinator.requestEnd(session, 'requested');
    await rig.drive(session.ended, 500);
    await assertRestored(rig);
  }
});

test('a join that fails after the sign was shown takes it back', async () => {
  await using rig = await openRig();
  rig.discord.failPost = ({ kind }) => (kind === 'recording_notice' ? new Error('Missing Access') : null);
  assert.notEqual((await rig.join()).kind, 'joined');
  await assertRestored(rig);
});

test('a change of channel keeps the sign, and the end after it takes it back', async () => {
  await using rig = await openRig();
  const session = await live(rig);
  rig.discord.put(alice, voiceA2);
  await rig.join();
  assert.equal(rig.discord.nicknames.get(guildA), '[REC] Scribe');
  rig.coordinator.requestEnd(session, 'requested');
  await rig.drive(session.ended, 100);
  await assertRestored(rig);
});

test('a shutdown gives every guild its name back', async () => {
  await using rig = await openRig();
  await live(rig);
  await rig.drive(rig.coordinator.shutdown(), 100);
  await assertRestored(rig);
});

test('a Discord that does not answer holds up no shutdown, neither of a session nor of a join; the name is taken back later', async () => {
  await using rig = await openRig();
  const session = await live(rig);
  const never = Promise.withResolvers<void>();
  const asked = new Set<string>();
  rig.discord.setNickname = (guildId) => {
    asked.add(guildId);
    return never.promise;
  };
  rig.discord.put(bob, voiceB);
  const joining = rig.coordinator.join({
    ...{ guildId: guildB, textChannelId: textA, userId: bob, via: 'text', intentConfidence: 1 },
  });
  await rig.until('the join waits for its name', () => asked.has(guildB));
  const shutdown = rig.coordinator.shutdown();
  // The files are real: what a busy disk takes is no time on paper.
  await rig.until('its recording is handed on', () => rig.muxJobs.length === 1);
  const begunMs = rig.clock.now();
  await rig.drive(shutdown, 5);
  assert.ok(rig.clock.now() - begunMs < 5000, `${rig.clock.now() - begunMs} ms`);
  assert.equal((await joining).kind, 'refused');
  await session.ended;
  const left = await rig.services.store.indicators.all();
  assert.deepEqual(
    left.map(({ guildId }) => guildId),
    [guildA, guildB],
  );
});

test('an end that waits for Discord when the shutdown comes does not hold it up', async () => {
  await using rig = await openRig();
  const session = await live(rig);
  const never = Promise.withResolvers<void>();
  rig.discord.setNickname = () => never.promise;
  rig.coordinator.requestEnd(session, 'requested');
  await rig.until('it has left', () => rig.muxJobs.length === 1);
  rig.clock.advance(60_000);
  assert.equal(rig.registry.of(guildA), session);
  await rig.drive(rig.coordinator.shutdown(), 100);
  await session.ended;
});

test('a Discord that does not take the channel’s status back keeps nobody in the channel, whether a session ends or a join fails', async () => {
  await using rig = await openRig();
  const session = await live(rig);
  const never = Promise.withResolvers<void>();
  Object.assign(rig.services.indicator, { leaving: () => never.promise });
  rig.coordinator.requestEnd(session, 'requested');
  await rig.drive(session.ended, 100);
  assert.equal(rig.voxprocs[0]?.all('session.leave').length, 1);
  rig.discord.failPost = ({ kind }) => (kind === 'recording_notice' ? new Error('Missing Access') : null);
  const again = rig.coordinator.join({
    ...{ guildId: guildA, textChannelId: textA, userId: alice, via: 'text', intentConfidence: 1 },
  });
  assert.equal((await rig.drive(again, 100)).kind, 'refused');
});
