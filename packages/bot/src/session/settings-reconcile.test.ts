import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { recordingLayout } from '@parley/mux';
import { type GuildSettings, guildSettingsSchema } from '../config/index.ts';
import { alice, bob, guildA, nothingLeft, type RigOptions, SessionRig, textA, voiceA } from '../testing/index.ts';
import { recordingOff, recordingOn } from './recording/recording-switch.ts';
import type { Session } from './session.ts';
import { isChannelAllowed, remainingAfterChange, type SettingsEffects, settingsEffects } from './settings-reconcile.ts';
import { textChannelFor } from './text-channel.ts';

const other = '300000000000000099';
const role = '500000000000000001';
const hourMs = 3_600_000;

const start = async (options: RigOptions = {}): Promise<{ rig: SessionRig; session: Session }> => {
  const rig = await SessionRig.start(options);
  rig.services.store.guildSettings.onChange((guildId) => rig.coordinator.settingsChanged(guildId));
  rig.discord.put(alice, voiceA);
  const outcome = await rig.join();
  if (outcome.kind !== 'joined') assert.fail(JSON.stringify(outcome));
  return { rig, session: outcome.session };
};

const change = async (rig: SessionRig, patch: Partial<GuildSettings>): Promise<void> => {
  await rig.drive(rig.services.store.guildSettings.set(guildA, patch));
  await rig.drive(rig.background.settled());
};

/** What voxproc was asked about a person, in order. */
const asked = (rig: SessionRig, userId: string): string[] =>
  rig.voxprocs.flatMap((voxproc) =>
    voxproc.asked
      .filter(({ params }) => (params as { userId?: string }).userId === userId)
      .map(({ name }) => name.replace('recording.', '')),
  );

const channels: readonly (readonly [Partial<GuildSettings>, boolean])[] = [
  [{}, true],
  [{ blockedChannelIds: [voiceA] }, false],
  [{ blockedChannelIds: [other] }, true],
  [{ allowedChannelIds: [voiceA] }, true],
  [{ allowedChannelIds: [other] }, false],
  [{ allowedChannelIds: [voiceA], blockedChannelIds: [voiceA] }, false],
];
for (const [patch, allowed] of channels)
  test(`with ${JSON.stringify(patch)} its channel is ${allowed ? 'allowed' : 'forbidden'}`, () => {
    assert.equal(isChannelAllowed(guildSettingsSchema.parse(patch), voiceA), allowed);
  });

const nothing: SettingsEffects = { forbidden: false, rules: false, notice: false, times: false, textChannel: false };
const effects: readonly (readonly [Partial<GuildSettings>, Partial<SettingsEffects>])[] = [
  [{}, {}],
  [{ verbosity: 'all', deliver: 'none', whoMayRecord: 'everyone', recordRoleIds: [role] }, {}],
  [{ retentionDays: 1 }, { notice: true }],
  [{ retentionGigabytes: 1 }, { notice: true }],
  [{ consentMode: 'opt_in' }, { rules: true, notice: true }],
  [{ consentRoleIds: [role] }, { rules: true, notice: true }],
  [{ maxRecordingHours: 0 }, { times: true }],
  [{ aloneLeaveSeconds: 0 }, { times: true }],
  [{ textChannelId: other }, { textChannel: true }],
  [{ autoJoinPostChannelId: other }, { textChannel: true }],
  [{ blockedChannelIds: [voiceA] }, { forbidden: true }],
];
for (const [patch, expected] of effects)
  test(`a change of ${Object.keys(patch).join(', ') || 'nothing'} asks for ${JSON.stringify(expected)}`, () => {
    const before = guildSettingsSchema.parse({});
    assert.deepEqual(settingsEffects(before, { ...before, ...patch }, voiceA), { ...nothing, ...expected });
  });

const limits: readonly (readonly [number, number, number | null])[] = [
  [0, 99 * hourMs, null],
  [2, 0, 2 * hourMs],
  [2, hourMs, hourMs],
  [2, 2 * hourMs - 1, 120_000],
  [2, 50 * hourMs, 120_000],
];
for (const [hours, elapsedMs, expected] of limits)
  test(`${hours} hours, set after ${elapsedMs} ms, leave ${expected} ms`, () => {
    assert.equal(remainingAfterChange(hours, elapsedMs), expected);
  });

test('a channel that is blocked, or left out of the list of allowed ones, ends its session', async () => {
  for (const patch of [{ blockedChannelIds: [voiceA] }, { allowedChannelIds: [other] }]) {
    const { rig, session } = await start();
    await using _rig = rig;
    await change(rig, patch);
    await rig.drive(session.ended);
    assert.equal(session.state.phase, 'ended');
    const ended = rig.discord.said('session_ended').map(({ details }) => (details as { reason: string }).reason);
    assert.deepEqual(ended, ['settings_changed']);
    assert.deepEqual(await rig.leftovers(), { ...nothingLeft, recordings: 1 });
    assert.equal(rig.muxJobs.length, 1);
  }
});

test('another channel’s block changes nothing', async () => {
  const { rig, session } = await start();
  await using _rig = rig;
  await change(rig, { blockedChannelIds: [other], allowedChannelIds: [voiceA] });
  assert.equal(session.isLive, true);
  assert.equal(rig.discord.said('recording_notice').length, 1);
});

test('the longest duration counts from the beginning, whenever it is changed', async () => {
  const { rig, session } = await start();
  await using _rig = rig;
  await rig.clock.run(hourMs, 60_000);
  await change(rig, { maxRecordingHours: 2 });
  assert.equal(Math.round((session.remainingMs ?? 0) / 60_000), 60);
  await change(rig, { maxRecordingHours: 0 });
  assert.equal(session.remainingMs, null);
  await change(rig, { maxRecordingHours: 0.5 });
  assert.equal(Math.round((session.remainingMs ?? 0) / 1000), 120);
  await rig.clock.run(121_000, 1000);
  await rig.drive(session.ended);
  const ended = rig.discord.said('session_ended').map(({ details }) => (details as { reason: string }).reason);
  assert.deepEqual(ended, ['max_duration']);
});

test('nobody is cut off unwarned by a limit that was over when it was set', async () => {
  const { rig } = await start({ settings: { verbosity: 'all' } });
  await using _rig = rig;
  await rig.clock.run(2 * hourMs, 60_000);
  await change(rig, { maxRecordingHours: 1 });
  await rig.clock.run(80_000, 1000);
  await rig.drive(rig.background.settled());
  assert.deepEqual(
    rig.discord.said('max_duration_near').map(({ details }) => details),
    [{ remainingMs: 120_000 }, { remainingMs: 45_000 }],
  );
});

test('a shorter time alone counts for a session that is alone already', async () => {
  const { rig, session } = await start({ settings: { aloneLeaveSeconds: 3600 } });
  await using _rig = rig;
  session.voiceState(rig.discord.put(alice, null), null);
  await rig.clock.run(50_000, 1000);
  assert.equal(session.isLive, true);
  await change(rig, { aloneLeaveSeconds: 60 });
  await rig.clock.run(11_000, 1000);
  await rig.drive(session.ended);
  assert.equal(session.state.phase, 'ended');
});

test('a stricter consent mode takes people out at once, and the notice says so', async () => {
  const { rig, session } = await start();
  await using _rig = rig;
  let askedBefore: string[] | null = null;
  rig.discord.failPost = () => {
    askedBefore ??= asked(rig, alice);
    return null;
  };
  await change(rig, { consentMode: 'opt_in' });
  assert.deepEqual(session.people.recorded, { yes: [], no: [alice] });
  assert.deepEqual([askedBefore, asked(rig, alice)], [['exclude'], ['exclude']]);
  const notice = rig.discord.said('recording_notice').at(-1)?.details as { consentMode: string; notRecorded: string[] };
  assert.deepEqual([notice.consentMode, notice.notRecorded], ['opt_in', [alice]]);
});

test('a looser consent mode lets people in only when the notice stands', async () => {
  const { rig, session } = await start({ settings: { consentMode: 'opt_in' } });
  await using _rig = rig;
  assert.deepEqual(session.people.recorded, { yes: [], no: [alice] });
  let askedBefore: string[] | null = null;
  rig.discord.failPost = () => {
    askedBefore ??= asked(rig, alice);
    return null;
  };
  await change(rig, { consentMode: 'notice' });
  assert.deepEqual([askedBefore, asked(rig, alice)], [[], ['include']]);
  const notice = rig.discord.said('recording_notice').at(-1)?.details as { notRecorded: string[] };
  assert.deepEqual(notice.notRecorded, []);
  const run = session.recording.current ?? assert.fail('no recording');
  await run.flush();
  const states = (await readFile(recordingLayout(run.folder).supervisorJournal, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; userId?: string; state?: string })
    .filter(({ type, userId }) => type === 'consent' && userId === alice)
    .map(({ state }) => state);
  assert.deepEqual(states, ['opted_out', 'noticed']);
});

test('without its notice a looser consent mode lets nobody in', async () => {
  const { rig, session } = await start({ settings: { consentMode: 'opt_in' } });
  await using _rig = rig;
  rig.discord.failPost = () => new Error('Missing Access');
  await change(rig, { consentMode: 'notice' });
  assert.deepEqual(asked(rig, alice), []);
  assert.deepEqual(session.people.recorded.no, [alice]);
  rig.discord.failPost = null;
  await change(rig, { retentionDays: 3 });
  assert.deepEqual(asked(rig, alice), ['include']);
});

test('while nothing is recorded a change needs no notice: the next recording brings its own', async () => {
  const { rig, session } = await start({ settings: { consentMode: 'opt_in' } });
  await using _rig = rig;
  await rig.drive(recordingOff(session, rig.services));
  const before = rig.discord.said('recording_notice').length;
  await change(rig, { consentMode: 'notice' });
  assert.equal(rig.discord.said('recording_notice').length, before);
  assert.deepEqual(session.people.recorded, { yes: [alice], no: [] });
  await rig.drive(recordingOn(session, rig.services, new AbortController().signal));
  const notice = rig.discord.said('recording_notice').at(-1)?.details as { consentMode: string; notRecorded: string[] };
  assert.deepEqual([notice.consentMode, notice.notRecorded], ['notice', []]);
});

test('who is quiet by verbosity is heard from the next message on', async () => {
  const { rig, session } = await start({ settings: { verbosity: 'none' } });
  await using _rig = rig;
  session.ownVoiceState({ mute: true, deaf: false });
  await rig.drive(rig.background.settled());
  assert.equal(rig.discord.said('server_muted').length, 0);
  await change(rig, { verbosity: 'all' });
  session.ownVoiceState({ mute: false, deaf: false });
  session.ownVoiceState({ mute: true, deaf: false });
  await rig.drive(rig.background.settled());
  assert.equal(rig.discord.said('server_muted').length, 1);
  assert.equal(rig.discord.said('recording_notice').length, 1, 'nothing new about the recording');
});

test('a person who came after a change is told what holds now', async () => {
  const { rig, session } = await start();
  await using _rig = rig;
  await change(rig, { retentionDays: 3 });
  session.voiceState(rig.discord.put(bob, voiceA), voiceA);
  await rig.drive(rig.background.settled());
  const told = rig.discord.said('late_joiner_notice').map(({ details }) => details as { retentionDays: number });
  assert.deepEqual(
    told.map(({ retentionDays }) => retentionDays),
    [3],
  );
});

const noticesIn = (rig: SessionRig): string[] =>
  rig.discord.posted.flatMap(({ channelId, message }) => (message.kind === 'recording_notice' ? [channelId] : []));

test('another text channel gets the notice at once, and all that follows, the mix too', async () => {
  const { rig, session } = await start({ settings: { verbosity: 'all' } });
  await using _rig = rig;
  const followed: string[] = [];
  using _notices = session.announcer.followNotices(({ sent }) => void followed.push(sent.channelId));
  const { recordingSessionId } = session.recording.current ?? assert.fail('no recording');
  const { sessions, recordings } = rig.services.store;
  await change(rig, { textChannelId: other });
  assert.deepEqual(noticesIn(rig), [textA, other]);
  assert.deepEqual(followed, [other], 'the panel goes along');
  assert.equal((await rig.drive(recordings.get(recordingSessionId)))?.textChannelId, other);
  assert.equal((await rig.drive(sessions.get(session.sessionId)))?.textChannelId, other);
  session.ownVoiceState({ mute: true, deaf: false });
  await rig.drive(rig.background.settled());
  assert.equal(rig.discord.posted.at(-1)?.channelId, other);
  await change(rig, { textChannelId: null });
  assert.deepEqual(noticesIn(rig), [textA, other, textA], 'back to where it was called from');
  await change(rig, { textChannelId: other });
  await rig.drive(rig.coordinator.end(session, 'requested'), 100);
  assert.deepEqual(
    rig.muxJobs.map(({ textChannelId }) => textChannelId),
    [other],
  );
});

test('a new text channel that takes no messages changes nothing', async () => {
  const { rig, session } = await start();
  await using _rig = rig;
  rig.discord.failPost = () => new Error('Missing Access');
  await change(rig, { textChannelId: other });
  assert.equal(session.announcer.textChannelId, textA);
  assert.equal(session.isLive, true);
});

test('while nothing is recorded the next notice stands in the new text channel', async () => {
  const { rig, session } = await start();
  await using _rig = rig;
  await rig.drive(recordingOff(session, rig.services));
  await change(rig, { textChannelId: other });
  assert.deepEqual(noticesIn(rig), [textA]);
  await rig.drive(recordingOn(session, rig.services, new AbortController().signal));
  assert.deepEqual(noticesIn(rig), [textA, other]);
});

const called = { calledFromChannelId: textA, cameByItself: false };
const speaking: readonly (readonly [Partial<GuildSettings>, boolean, string])[] = [
  [{}, false, textA],
  [{ textChannelId: other }, false, other],
  [{ autoJoinPostChannelId: other }, false, textA],
  [{ autoJoinPostChannelId: other, textChannelId: voiceA }, true, other],
  [{ textChannelId: other }, true, other],
];
for (const [patch, cameByItself, expected] of speaking)
  test(`with ${JSON.stringify(patch)} a session ${cameByItself ? 'of its own' : 'somebody called'} speaks in ${expected}`, () => {
    assert.equal(textChannelFor(guildSettingsSchema.parse(patch), { ...called, cameByItself }), expected);
  });
