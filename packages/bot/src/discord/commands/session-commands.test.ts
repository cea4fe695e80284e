import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ProtocolError } from '@parley/protocol';
import type { MessageDetails, MessageKind, UserMessage } from '../../notify/index.ts';
import type { RecordingRow } from '../../store/index.ts';
import { alice, bob, guildA, SessionRig, textA, voiceA } from '../../testing/index.ts';
import { CommandRunner } from '../router/command-runner.ts';
import { commandNamed } from './all.ts';
import type { CommandServices } from './command.ts';

const carol = '400000000000000003';

/** Commands as the router runs them, on a rig; Alice has Manage Server, Bob and Carol have not. */
const open = async (options: Parameters<typeof SessionRig.start>[0] = {}) => {
  const rig = await SessionRig.start(options);
  rig.discord.managers.delete(bob);
  const { services, coordinator, consents } = rig;
  const linkTo = (id: string, file: string): string => `https://parley.example/${id}/${file}`;
  // Of all that commands may use, these use what is here.
  const used = { ...services, coordinator, consents, linkTo } as unknown as CommandServices;
  const runner = new CommandRunner(used);
  const say = async (line: string, userId = alice): Promise<UserMessage> => {
    const [name = '', ...rest] = line.split(' ');
    const command = commandNamed(name) ?? assert.fail(name);
    const invocation = { via: 'slash', guildId: guildA, textChannelId: textA, userId, intentConfidence: 1 } as const;
    const prepared = runner.prepare(command, { kind: 'text', text: rest.join(' ') }, invocation);
    if (prepared.kind === 'refused') return prepared.message;
    return (await rig.drive(prepared.run(), 10))?.message ?? assert.fail('no answer');
  };
  const is = async <K extends MessageKind>(kind: K, line: string, userId?: string): Promise<MessageDetails[K]> => {
    const message = await say(line, userId);
    assert.equal(message.kind, kind, JSON.stringify(message));
    return message.details as MessageDetails[K];
  };
  const outcome = async (line: string, userId?: string) => (await is('recording_control', line, userId)).outcome;
  const refused = async (line: string, userId?: string) => (await is('command_refused', line, userId)).reason;
  const join = async () => {
    rig.discord.put(alice, voiceA);
    rig.discord.put(bob, voiceA);
    assert.equal((await rig.join()).kind, 'joined');
  };
  return { rig, say, is, outcome, refused, join, [Symbol.asyncDispose]: () => rig[Symbol.asyncDispose]() };
};

test('without a session there is nothing to pause, resume, record or note', async () => {
  await using the = await open();
  for (const line of ['pause', 'resume', 'record on', 'note x', 'voice-test']) {
    assert.equal(await the.refused(line), 'no_session', line);
  }
});

test('who is neither in the channel nor called it nor manages the server may not', async () => {
  await using the = await open();
  await the.join();
  for (const line of ['pause', 'resume', 'record off', 'note x']) {
    assert.equal(await the.refused(line, carol), 'not_in_session', line);
  }
  assert.equal(await the.outcome('pause', bob), 'paused', 'who sits there may');
  for (const line of ['settings', 'settings set retentionDays 1']) {
    assert.equal(await the.refused(line, bob), 'not_manager', line);
  }
  const counted = await the.rig.services.metrics.registry.getSingleMetricAsString('parley_refusals_total');
  assert.match(counted, /reason="not_in_session"\} 4/);
  assert.match(counted, /reason="not_manager"\} 2/);
});

test('each state says what can be done in it', async () => {
  await using the = await open();
  await the.join();
  assert.equal(await the.outcome('resume'), 'not_paused');
  assert.equal(await the.outcome('pause'), 'paused');
  assert.equal(await the.outcome('pause'), 'already_paused');
  assert.equal((await the.is('status_online', 'status')).paused, true);
  assert.equal(await the.outcome('resume'), 'resumed');
  assert.equal(await the.outcome('record on'), 'already_on');
  assert.equal(await the.outcome('record off'), 'off');
  assert.equal(await the.outcome('record off'), 'already_off');
  assert.equal(await the.outcome('pause'), 'not_recording');
  assert.equal(await the.outcome('note x'), 'not_recording');
  assert.equal((await the.is('status_online', 'status')).recording, false);
  const denied = await the.is('join_refused', 'record on', bob);
  assert.equal(denied.denial.reason, 'requester_not_permitted');
  assert.equal(await the.outcome('record on'), 'on');
});

test('a note stands in the journal, in one line', async () => {
  await using the = await open();
  await the.join();
  the.rig.clock.advance(1000);
  const { text, atMs, userId } = await the.is('note_kept', 'note the dice\n\n  fall', bob);
  assert.deepEqual([text, userId], ['the dice fall', bob]);
  assert.ok(atMs >= 1000);
  assert.equal((await the.is('wrong_arguments', `note ${'x'.repeat(201)}`)).problem.code, 'too_long');
});

test('a voice test is for who is there and recorded, one at a time, and says what was heard', async () => {
  const answers: (() => unknown)[] = [
    () => ({ heardMs: 2000, playedMs: 2000, received: 100, lost: 3, unusable: 0 }),
    () => {
      throw new ProtocolError('busy', 'no');
    },
    () => {
      throw new ProtocolError('encryption_not_ready', 'no');
    },
  ];
  await using the = await open({ scripts: [{ on: { 'voice.test': () => answers.shift()?.() } }] });
  await the.join();
  const { rig } = the;
  assert.equal((await the.is('voice_test_refused', 'voice-test', carol)).reason, 'not_in_channel');
  for (const kind of ['voice_test_done', 'voice_test_refused', 'voice_test_failed'] as const) {
    await the.is('voice_test_listening', 'voice-test', bob);
    await rig.drive(rig.background.settled());
    assert.equal(rig.discord.said(kind).length, 1, kind);
  }
  const counted = await rig.services.metrics.registry.getSingleMetricAsString('parley_refusals_total');
  for (const reason of ['voice_test_busy', 'voice_test_failed']) assert.ok(counted.includes(`"${reason}"} 1`), reason);
  await rig.drive(rig.consents.optOut({ guildId: guildA, userId: bob, scope: 'guild' }));
  assert.equal((await the.is('voice_test_refused', 'voice-test', bob)).reason, 'not_recorded');
  rig.discord.permissions = { ...rig.discord.permissions, speak: false };
  assert.equal((await the.is('voice_test_refused', 'voice-test', alice)).reason, 'may_not_speak');
});

test('settings are shown, changed, taken back, and refused with what is allowed', async () => {
  await using the = await open();
  const { settings } = await the.is('settings_shown', 'settings');
  assert.ok(settings.length > 10);
  assert.deepEqual(await the.is('setting_stored', 'settings retentiondays 7'), {
    key: 'retentionDays',
    value: '7',
    isOwn: true,
  });
  assert.deepEqual((await the.is('settings_shown', 'settings show retentionDays')).settings, [
    { key: 'retentionDays', value: '7', isOwn: true },
  ]);
  assert.equal((await the.is('setting_stored', 'settings reset retentionDays')).isOwn, false);
  assert.equal((await the.is('setting_refused', 'settings set retentoinDays 7')).nearest, 'retentionDays');
  assert.equal((await the.is('setting_refused', 'settings retentoinDays')).nearest, 'retentionDays');
  assert.match((await the.is('setting_refused', 'settings set retentionDays -1')).allowed ?? '', /0 to 3650/);
  for (const name of ['http.port', 'parley_http_port']) {
    const { problem, key, env } = await the.is('setting_refused', `settings set ${name} 8080`);
    assert.deepEqual([problem, key, env], ['of_installation', 'http.port', 'PARLEY_HTTP_PORT'], name);
  }
  assert.equal((await the.is('setting_refused', 'settings set PARLEY_RETENTION_DAYS 7')).problem, 'unknown_key');
});

test('each sees the recordings they were in or asked for; a manager sees all', async () => {
  await using the = await open();
  const { store } = the.rig.services;
  const row = (id: string, at: number, change: Partial<RecordingRow> = {}): RecordingRow => ({
    recordingSessionId: id,
    sessionId: 's',
    guildId: guildA,
    channelId: voiceA,
    channelName: 'Table',
    textChannelId: textA,
    requestedByUserId: alice,
    folder: '/nowhere',
    bootId: 'b',
    originUs: 0,
    startTime: at,
    endTime: at + 1000,
    durationMs: 1000,
    status: 'completed',
    outputFile: 'full.ogg',
    continues: null,
    voxprocs: 1,
    error: null,
    ...change,
  });
  for (const [index, id] of ['first', 'second', 'third'].entries()) store.recordings.started(row(id, index * 10));
  store.recordings.started(row('elsewhere', 99, { guildId: '100000000000000009' }));
  store.recordings.started(row('bobs', 50, { requestedByUserId: bob, status: 'recording', outputFile: null }));
  const person = { username: 'b', displayName: 'B', bot: false, at: 1 };
  store.participants.seen({ recordingSessionId: 'second', userId: bob, ...person });
  const seen = async (userId: string) => (await the.is('session_list', 'sessions', userId)).recordings;
  assert.deepEqual(
    (await seen(bob)).map(({ recordingSessionId, durationMs, link }) => [recordingSessionId, durationMs, link]),
    [
      ['bobs', null, null],
      ['second', 1000, 'https://parley.example/second/full.ogg'],
    ],
  );
  assert.equal((await seen(carol)).length, 0);
  assert.deepEqual(
    (await seen(alice)).map(({ recordingSessionId }) => recordingSessionId),
    ['bobs', 'third', 'second', 'first'],
  );
});

test('a person asks too much of everything but their consent', async () => {
  await using the = await open();
  const { services, coordinator, consents } = the.rig;
  const runner = new CommandRunner({ ...services, coordinator, consents } as unknown as CommandServices);
  const ask = (name: string) => runner.rateLimited(guildA, bob, commandNamed(name))?.tell ?? null;
  assert.deepEqual(
    Array.from({ length: 7 }, () => ask('status')),
    [null, null, null, null, null, true, false],
  );
  assert.equal(ask('optout'), null);
  assert.equal(ask('forget-me'), null);
  assert.equal(ask('pause'), false);
});
