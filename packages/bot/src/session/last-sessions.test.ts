import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { recordingLayout } from '@parley/mux';
import { FakeClock } from '@parley/protocol/testing';
import { compose } from '../notify/compose.ts';
import type { SessionEndReason } from '../notify/index.ts';
import { alice, composedButtons, guildA, SessionRig, startSession, voiceA, voiceA2 } from '../testing/index.ts';
import { continueWithinMs, LastSessions } from './last-sessions.ts';
import type { Session } from './session.ts';

const endBy = async (rig: SessionRig, session: Session, reason: SessionEndReason): Promise<void> => {
  rig.coordinator.requestEnd(session, reason);
  await rig.drive(session.ended, 100);
  await rig.drive(rig.background.settled());
};

const offers: [reason: SessionEndReason, offered: boolean][] = [
  ['requested', false],
  ['max_duration', false],
  ['alone', false],
  ['kicked', true],
  ['channel_deleted', false],
  ['moved_to_disallowed', true],
  ['settings_changed', false],
  ['connection_lost', true],
  ['switch_failed', true],
  ['voxproc_failed', true],
  ['disk_full', false],
  ['folder_unwritable', false],
  ['shutdown', false],
];
for (const [reason, offered] of offers) {
  test(`a session that ended as ${reason} is ${offered ? '' : 'not '}offered to be continued`, () => {
    const clock = new FakeClock();
    using last = new LastSessions(clock);
    assert.equal(last.ended({ guildId: 'g', channelId: 'c', recordingSessionId: 'r', reason }), offered);
    assert.equal(last.recordingBefore('g', 'c'), offered ? 'r' : null);
    assert.equal(last.recordingBefore('g', 'other'), null);
    assert.equal(last.ended({ guildId: 'g', channelId: 'c', recordingSessionId: null, reason }), false);
    assert.equal(clock.timers, 0);
  });
}

test('the offer is over after ten minutes, when another session begins, or when it comes too late to be made', () => {
  const clock = new FakeClock();
  using last = new LastSessions(clock);
  const withdrawn: string[] = [];
  const offer = (id: string) => {
    last.ended({ guildId: 'g', channelId: 'c', recordingSessionId: id, reason: 'kicked' });
    last.offered('g', id, () => withdrawn.push(id));
  };
  offer('one');
  clock.advance(continueWithinMs - 1);
  assert.deepEqual([withdrawn, last.recordingBefore('g', 'c')], [[], 'one']);
  clock.advance(1);
  assert.deepEqual([withdrawn, last.recordingBefore('g', 'c')], [['one'], null]);
  offer('two');
  last.begun('g');
  last.begun('g');
  last.offered('g', 'two', () => withdrawn.push('two, late'));
  offer('three');
  offer('four');
  assert.deepEqual(withdrawn, ['one', 'two', 'two, late', 'three']);
});

test('after a kick the message has a button for ten minutes, and the recording it begins names the one before', async () => {
  await using rig = await SessionRig.start();
  const { session, folder } = await startSession(rig);
  const first = session.recording.current?.recordingSessionId;
  await endBy(rig, session, 'kicked');
  const [told] = rig.discord.said('session_ended');
  assert.ok(told);
  assert.match(composedButtons(told), /Continue/);
  assert.match(compose(told).content, /safe and is being mixed\. Continue last session?/);

  const outcome = await rig.join();
  if (outcome.kind !== 'joined') assert.fail(outcome.kind);
  assert.equal(outcome.session.channelId, voiceA);
  const next = outcome.session.recording.current;
  assert.equal(next?.identity.continues, first);
  assert.notEqual(next?.folder, folder);
  const written = JSON.parse(await readFile(recordingLayout(next?.folder ?? '').sessionFile, 'utf8'));
  assert.equal(written.continues, first);
  await rig.drive(rig.background.settled());
  const edited = rig.discord.said('session_ended').at(-1);
  assert.ok(edited);
  assert.doesNotMatch(composedButtons(edited), /Continue/);
  assert.equal(rig.services.lastSessions.recordingBefore(guildA, voiceA), null);
});

test('in another channel, or after ten minutes, a recording stands alone', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  await endBy(rig, session, 'connection_lost');
  rig.discord.put(alice, voiceA2);
  const elsewhere = await rig.join();
  if (elsewhere.kind !== 'joined') assert.fail(elsewhere.kind);
  assert.equal(elsewhere.session.recording.current?.identity.continues, undefined);
  await endBy(rig, elsewhere.session, 'kicked');
  await rig.clock.run(continueWithinMs, 60_000);
  const late = await rig.join();
  if (late.kind !== 'joined') assert.fail(late.kind);
  assert.equal(late.session.recording.current?.identity.continues, undefined);
});

test('an ordinary leave offers nothing', async () => {
  await using rig = await SessionRig.start();
  const { session } = await startSession(rig);
  await endBy(rig, session, 'requested');
  for (const told of rig.discord.said('session_ended')) assert.doesNotMatch(composedButtons(told), /Continue/);
  const again = await rig.join();
  assert.ok(again.kind === 'joined' && again.session.recording.current?.identity.continues === undefined);
});
