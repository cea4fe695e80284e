import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verbosity } from '../config/guild-settings.ts';
import { type Denial, denialReasons, deny, joinFailed } from '../policy/denial.ts';
import { compose, maxContentLength } from './compose.ts';
import { type SessionEndReason, sessionEndReasons } from './session-end-reason.ts';
import type { MessageDetails, MessageKind, UserMessage } from './user-message.ts';
import { shouldSend } from './verbosity.ts';
import { quoted } from './words.ts';

const channelId = '300000000000000001';
const userId = '200000000000000001';
const prefix = '!';

const denials: readonly Denial[] = [
  deny('voice_disabled', { voiceEnabled: false }),
  deny('requester_blocked', { blockedVoiceUserIdsCount: 1 }),
  deny('requester_not_permitted', { action: 'record', requiredRoleIds: ['500000000000000001'] }),
  deny('requester_not_in_voice', {}),
  deny('channel_blocked', { targetVoiceChannelId: channelId }),
  deny('channel_not_allowlisted', { targetVoiceChannelId: channelId, allowlistedChannelCount: 1 }),
  deny('max_sessions_per_day_reached', { startedLastDay: 120, maxSessionsPerDay: 120 }),
  deny('already_in_channel', { voiceChannelId: channelId }),
  deny('busy_in_other_channel', { voiceChannelId: channelId, startedBy: userId }),
  deny('xai_api_key_missing', { mode: 'voice_agent' }),
  deny('openai_api_key_missing', { mode: 'openai_realtime' }),
  deny('gemini_api_key_missing', { mode: 'gemini_realtime' }),
  deny('elevenlabs_api_key_missing', { mode: 'elevenlabs_realtime' }),
  deny('elevenlabs_api_key_missing', {
    mode: 'openai_realtime',
    transcriptionMethod: 'file_wav',
    replyPath: 'brain',
    ttsMode: 'realtime',
    providerRole: 'transcription',
  }),
  deny('elevenlabs_full_brain_required', { mode: 'elevenlabs_realtime', replyPath: 'native' }),
  deny('elevenlabs_full_brain_required', {
    mode: 'openai_realtime',
    replyPath: 'bridge',
    providerRole: 'transcription',
  }),
  deny('elevenlabs_voice_id_missing', { mode: 'elevenlabs_realtime', ttsMode: 'realtime' }),
  deny('elevenlabs_file_asr_required', {
    mode: 'openai_realtime',
    transcriptionMethod: 'realtime_bridge',
    transcriberProvider: 'elevenlabs',
  }),
  deny('openai_audio_api_key_missing', {
    mode: 'gemini_realtime',
    transcriptionMethod: 'realtime_bridge',
    ttsMode: 'realtime',
  }),
  deny('voice_file_asr_unavailable', {
    mode: 'openai_realtime',
    transcriptionMethod: 'file_wav',
    transcriberProvider: 'openai',
  }),
  deny('voice_api_tts_unavailable', { mode: 'openai_realtime', ttsMode: 'api', ttsProvider: 'elevenlabs' }),
  deny('voice_brain_unavailable', { mode: 'openai_realtime', replyPath: 'brain' }),
  deny('bot_member_unavailable', {}),
  deny('missing_voice_permissions', {
    targetVoiceChannelId: channelId,
    missingPermissions: ['ViewChannel', 'Connect'],
  }),
  deny('channel_full', { targetVoiceChannelId: channelId, limit: 5 }),
  deny('no_recording_indicator', {
    targetVoiceChannelId: channelId,
    missingPermissions: ['ChangeNickname', 'SetVoiceChannelStatus'],
  }),
  deny('max_concurrent_sessions_reached', { activeOrPendingSessions: 3, maxConcurrentSessions: 3 }),
  joinFailed(new Error('the voice connection was not ready in time'), 'connect'),
];

const ended = (reason: SessionEndReason, recorded = true): UserMessage => ({
  kind: 'session_ended',
  details: { reason, channelId, durationMs: 3_900_000, recorded, prefix, mayContinue: false, page: null },
});

const exported = {
  ...({ kind: 'export', format: 'flac', durationMs: 61_000, sizeBytes: 12_000_000 } as const),
  ...{ people: [userId], requestedByUserId: userId },
};

const spoken = { recordingSessionId: 'r', channelId, startTime: 1_800_000_000_000, userId, atMs: 61_000, link: null };

const samples: { readonly [K in MessageKind]: MessageDetails[K] } = {
  join_refused: { denial: deny('voice_disabled', { voiceEnabled: false }), prefix },
  joining: { channelId },
  switched: { channelId, recording: true },
  leave_refused: { reason: 'not_in_voice' },
  leaving: { channelId },
  status_offline: { prefix },
  status_online: {
    channelId,
    requestedByUserId: userId,
    recordingMs: 61_000,
    remainingMs: 3_600_000,
    recorded: [userId],
    notRecorded: ['200000000000000002'],
    received: 980,
    lost: 20,
    freeBytes: 12_300_000_000,
    privacyCode: '12345 67890',
    paused: false,
    recording: true,
  },
  help: { prefix, commands: [{ name: 'join', usage: '', says: 'come and record' }] },
  unknown_command: { typed: 'jion', nearest: 'join', prefix },
  intent_question: { command: 'join', says: 'come into your voice channel' },
  recording_control: { outcome: 'paused', channelId, userId, prefix },
  note_kept: { text: 'the dice fall', userId, atMs: 61_000 },
  session_list: {
    recordings: [
      {
        recordingSessionId: 'r',
        channelId,
        startTime: 1_800_000_000_000,
        durationMs: 60_000,
        status: 'completed',
        link: null,
        transcript: 'done',
      },
    ],
    prefix,
  },
  settings_shown: { settings: [{ key: 'retentionDays', value: '30', isOwn: false }], prefix },
  setting_stored: { key: 'retentionDays', value: '7', isOwn: true },
  setting_refused: {
    problem: 'invalid_value',
    key: 'retentionDays',
    allowed: 'a whole number from 0 to 3650',
    nearest: null,
    prefix,
  },
  voice_test_listening: { userId, maxMs: 5000 },
  voice_test_done: { userId, heardMs: 3000, playedMs: 3000, received: 150, lost: 2, unusable: 0 },
  voice_test_refused: { reason: 'not_in_channel', prefix },
  voice_test_failed: { userId, error: 'no' },
  export_started: { kind: 'export', format: 'flac', recordingSessionId: 'r', live: true, ahead: 1 },
  export_refused: { reason: 'no_recording', prefix },
  export_progress: { kind: 'export', fraction: 0.5 },
  export_file: exported,
  export_link: { ...exported, url: 'https://parley.example/dl/r/exports/x.zip', expiresAt: 1_800_000_000_000 },
  export_on_host: { ...exported, recordingSessionId: 'r' },
  export_failed: { kind: 'clip', code: 'nothing_in_range' },
  search_results: { q: 'castle', hits: [{ ...spoken, excerpt: 'the ‹castle› *stands*' }], more: true, prefix },
  ask_answer: { text: 'On the hill [1].', citations: [{ ...spoken, n: 1 }] },
  ask_refused: { reason: 'no_model', prefix },
  transcription_asked: { outcome: 'queued', recordingSessionId: 'r', prefix },
  transcript_progress: { fraction: 0.5 },
  transcript_ready: { segments: 12, bound: null, link: null, prefix },
  transcript_failed: { code: 'unavailable', again: true, prefix },
  wrong_arguments: {
    problem: { code: 'not_a_choice', option: 'state', value: 'onn', choices: ['on', 'off'], nearest: 'on' },
    prefix,
    name: 'record',
    usage: '<on|off>',
  },
  command_refused: { reason: 'not_in_session', startedBy: userId, prefix, name: 'pause' },
  rate_limited: { retryAfterMs: 3000 },
  page_link: { url: 'http://127.0.0.1:8787/sign-in/x', isPublic: false, worksMs: 600_000, recording: null },
  page_link_refused: { reason: 'not_visible', prefix },
  personal_button: { userId, customId: 'personal:1', label: 'Show me' },
  not_your_button: {},
  button_expired: {},
  command_failed: { error: 'no' },
  recording_notice: {
    channelId,
    requestedByUserId: userId,
    prefix,
    retentionDays: 30,
    retentionGigabytes: 0,
    consentMode: 'notice',
    transcribedBy: null,
    maySpeak: true,
    notRecorded: [],
  },
  late_joiner_notice: {
    userId,
    prefix,
    retentionDays: 1,
    retentionGigabytes: 0,
    consentMode: 'notice',
    transcribedBy: null,
    recorded: true,
  },
  optout_confirmed: { scope: 'guild', live: true, everything: true, prefix },
  optout_failed: { error: 'no' },
  optin_confirmed: { scope: 'everywhere', live: false, everything: true, prefix },
  optin_failed: { error: 'no' },
  consents_unreadable: {},
  use_decided: { use: 'heard_by_ai', state: 'opted_out', scope: 'guild', provider: null, prefix },
  forget_question: { userId: null, scope: 'guild', recordings: 2, running: 1, messages: 1 },
  forget_kept: {},
  forget_begun: { userId },
  forget_done: { userId: null, recordings: 2, running: 1, messages: 1, error: 'messages: 1 could not be deleted' },
  forget_failed: { error: 'disk' },
  remixed: {},
  session_ended: {
    reason: 'requested',
    channelId,
    durationMs: 5000,
    recorded: true,
    prefix,
    mayContinue: false,
    page: null,
  },
  moved: { channelId, recording: false },
  max_duration_near: { remainingMs: 120_000 },
  nobody_heard: { ms: 300_000 },
  person_came: { userId },
  person_went: { userId },
  nothing_heard: { ms: 60_000, prefix },
  person_unheard: { userIds: [userId], prefix },
  live_panel: {
    notice: {
      channelId,
      requestedByUserId: userId,
      prefix,
      retentionDays: 30,
      retentionGigabytes: 0,
      consentMode: 'notice',
      transcribedBy: null,
      maySpeak: true,
      notRecorded: [],
    },
    state: 'recording',
    channelId,
    since: 1_800_000_000_000,
    recordedMs: 61_000,
    recorded: [userId],
    notRecorded: [],
    received: 100,
    lost: 0,
    freeBytes: 12_300_000_000,
    privacyCode: '12345',
    hasPages: true,
    events: [{ at: 1_800_000_060_000, text: 'I am alone here.' }],
  },
  alone: { leavesInMs: 60_000 },
  resumed_after_restart: { gapMs: 4000, prefix },
  continued_after_restart: { prefix },
  gap_voxproc: { gapMs: 1500 },
  reconnecting: {},
  reconnected: { gapMs: 2000 },
  server_deafened: {},
  server_undeafened: { gapMs: 2000 },
  server_muted: {},
  stream_started: { userId },
  permissions_changed: { channelId, lost: ['Connect'], regained: ['Speak'] },
  undecryptable_person: { userId },
  encryption_on: { privacyCode: '12345' },
  encryption_off: {},
  disk_low: { freeBytes: 600e6, stopsAtBytes: 500e6 },
  speak_missing: {},
  mux_progress: { phase: 'mixing', fraction: 0.5 },
  mux_finished: {
    status: 'partial',
    durationMs: 60_000,
    speakers: 3,
    holes: 1,
    skipped: 2,
    received: 184_208,
    lost: 12,
    page: null,
  },
  mux_empty: { durationMs: 60_000 },
  mux_failed: { error: 'ffmpeg: not found', recordingSessionId: 'r' },
  delivered_file: { durationMs: 60_000, sizeBytes: 480_000 },
  delivered_small: { limitBytes: 10_485_760 },
  delivered_link: { url: 'https://parley.example/dl/x', expiresAt: 1_800_000_000_000 },
  delivery_on_host: { recordingSessionId: 'r' },
  delivery_dm_failed: { requesterUserId: userId },
};
const sample = (kind: MessageKind): UserMessage => ({ kind, details: samples[kind] }) as UserMessage;
const kinds = Object.keys(samples) as MessageKind[];

for (const kind of kinds)
  test(`${kind} is said in plain words and mentions nobody`, () => {
    const { content, allowedMentions } = compose(sample(kind));
    assert.ok(content.length > 10 && content.length <= maxContentLength, content);
    assert.doesNotMatch(content, /undefined|null|NaN|\[object/);
    assert.doesNotMatch(content, /@everyone|@here/);
    assert.deepEqual(allowedMentions, { parse: [] });
  });

test('every reason of a refusal has its own words', () => {
  assert.deepEqual([...new Set(denials.map(({ reason }) => reason))], denialReasons);
  const texts = denials.map((denial) => compose({ kind: 'join_refused', details: { denial, prefix } }).content);
  assert.equal(new Set(texts).size, texts.length);
  const names = /`[\w.]+`/g; // of settings and their values, which may hold underscores
  for (const text of texts) assert.doesNotMatch(text.replaceAll(names, ''), /undefined|null|NaN|\[object|_/);
  assert.match(texts.at(-5) ?? '', /\*\*View Channel\*\* and \*\*Connect\*\*/);
  assert.match(texts.at(-1) ?? '', /`the voice connection was not ready in time` \(connect\)/);
});

test('every end of a session has its own words and says what becomes of the recording', () => {
  const reasons = Object.keys(sessionEndReasons) as SessionEndReason[];
  const texts = reasons.map((reason) => compose(ended(reason)).content);
  assert.equal(new Set(texts).size, reasons.length);
  for (const text of texts) assert.match(text, /The recording \(1 h 5 min\) is safe and is being mixed\.$/);
  assert.match(compose(ended('alone', false)).content, /There is no recording of it\.$/);
});

test('the notice says who asked, how to refuse, who may end it and how long it is kept', () => {
  const notice = samples.recording_notice;
  const say = (change: Partial<typeof notice>): string =>
    compose({ kind: 'recording_notice', details: { ...notice, ...change } }).content;
  const text = say({});
  for (const part of [
    /<#300000000000000001>/,
    /<@200000000000000001>/,
    /`\/parley optout` \(or `!optout`\)/,
    /`!leave`/,
    /deleted after 30 days/,
  ])
    assert.match(text, part);
  assert.match(say({ retentionDays: 0 }), /kept until somebody deletes it/);
  assert.doesNotMatch(text, /written down/);
  assert.match(
    say({ transcribedBy: 'asr.example' }),
    /written down afterwards by `asr\.example`; .*optout transcribed/,
  );
  assert.match(say({ retentionDays: 1 }), /after 1 day\. `\/parley forget-me` .* deletes what there is of you/);
  assert.match(say({ retentionDays: 1, retentionGigabytes: 5 }), /after 1 day, or earlier when all .* more than 5 GB/);
  assert.match(say({ consentMode: 'opt_in' }), /Only people who say yes are recorded: `\/parley optin`/);
  assert.match(say({ maySpeak: false }), /may not speak/);
  assert.match(say({ notRecorded: Array.from({ length: 30 }, (_, n) => String(n)) }), /and 10 more/);
});

test('what is said of a join and of a delivery is what happened', () => {
  assert.match(compose({ kind: 'joining', details: samples.joining }).content, /^Recording in /);
  assert.doesNotMatch(compose({ kind: 'delivery_on_host', details: samples.delivery_on_host }).content, /large/);
});

test('text from outside can neither format nor break out', () => {
  const { content } = compose({
    kind: 'unknown_command',
    details: { typed: '`**x**`\n@everyone <@&1>', nearest: null, prefix },
  });
  assert.equal(content, 'I do not know `! **x** @everyone <@&1>`. `/parley help` (or `!help`) lists what there is.');
  assert.equal(quoted('```'), '` `');
});

test('a text that is too long is cut, never inside a character', () => {
  const commands = Array.from({ length: 100 }, (_, n) => ({ name: `c${n}`, usage: '', says: '😀'.repeat(20) }));
  for (let extra = 0; extra < 4; extra += 1) {
    const { content } = compose({ kind: 'help', details: { prefix: '!'.repeat(1 + extra), commands } });
    assert.ok(content.length <= maxContentLength && content.endsWith('…') && content.isWellFormed());
  }
});

for (const [url, fits] of [
  ['https://parley.example/sign-in/x', true],
  ['http://parley.home.arpa:8080/', true],
  ['http://localhost:8787/', false],
  ['http://127.0.0.1:8787/', false],
  ['http://[::1]:8787/', false],
  [`https://parley.example/${'x'.repeat(512)}`, false],
] as const)
  test(`${url.slice(0, 40)} ${fits ? 'stands on a button' : 'is written out'}`, () => {
    const { content, components } = compose({ kind: 'page_link', details: { ...samples.page_link, url } });
    assert.equal(content.includes(`<${url}>`), !fits);
    const link = { type: 2, label: 'Open my recordings', style: 5, url };
    assert.deepEqual(components, fits ? [{ type: 1, components: [link] }] : []);
  });

test('a message in the channel has a button to the recording and no link', () => {
  const page = '100000000000000001-300000000000000001-20270115T080000000Z';
  for (const message of [
    { kind: 'session_ended', details: { ...samples.session_ended, page } },
    { kind: 'mux_finished', details: { ...samples.mux_finished, page } },
  ] as const) {
    const { content, components } = compose(message);
    assert.doesNotMatch(content, /https?:/);
    const [button] = components.flatMap((row) => row.components);
    assert.deepEqual(button, { type: 2, label: 'Open the recording', style: 1, custom_id: `parley:run:web ${page}` });
  }
  assert.deepEqual(compose(sample('mux_finished')).components, []);
});

test('the personal button opens for one person', () => {
  const { components } = compose(sample('personal_button'));
  assert.deepEqual(components, [
    { type: 1, components: [{ type: 2, style: 2, label: 'Show me', custom_id: 'personal:1' }] },
  ]);
  assert.deepEqual(compose(sample('help')).components, []);
});

const refusal = sample('join_refused');
const alreadyHere: UserMessage = {
  kind: 'join_refused',
  details: { denial: deny('already_in_channel', { voiceChannelId: channelId }), prefix },
};
const matrix: readonly (readonly [string, UserMessage, Readonly<Record<Verbosity, boolean>>])[] = [
  ['a refusal', refusal, { all: true, essential: true, minimal: true, none: true }],
  ['a refusal that need not be told', alreadyHere, { all: true, essential: false, minimal: false, none: false }],
  ['the notice', sample('recording_notice'), { all: true, essential: true, minimal: true, none: true }],
  [
    'the notice to a late joiner',
    sample('late_joiner_notice'),
    { all: true, essential: true, minimal: true, none: true },
  ],
  ['an opt-out', sample('optout_confirmed'), { all: true, essential: true, minimal: true, none: true }],
  ['the recording itself', sample('delivered_file'), { all: true, essential: true, minimal: true, none: true }],
  ['an answer', sample('status_offline'), { all: true, essential: true, minimal: true, none: false }],
  ['an end that was asked for', ended('requested'), { all: true, essential: true, minimal: true, none: false }],
  ['an end nobody wanted', ended('disk_full'), { all: true, essential: true, minimal: true, none: false }],
  ['an end by a shutdown', ended('shutdown'), { all: true, essential: true, minimal: true, none: false }],
  ['an end nobody is there for', ended('alone'), { all: true, essential: true, minimal: false, none: false }],
  ['a gap', sample('gap_voxproc'), { all: true, essential: true, minimal: true, none: false }],
  ['an end that is near', sample('max_duration_near'), { all: true, essential: true, minimal: true, none: false }],
  ['the course of things', sample('server_muted'), { all: true, essential: true, minimal: false, none: false }],
  ['an aside', sample('mux_progress'), { all: true, essential: false, minimal: false, none: false }],
];
for (const [what, message, expected] of matrix)
  test(`verbosity: ${what}`, () => {
    for (const verbosity of ['all', 'essential', 'minimal', 'none'] as const)
      assert.equal(shouldSend(message, verbosity), expected[verbosity], verbosity);
  });

test('everything is said at verbosity all, and no more at a lower one than at a higher', () => {
  for (const kind of kinds) {
    const said = (['none', 'minimal', 'essential', 'all'] as const).map((verbosity) =>
      shouldSend(sample(kind), verbosity),
    );
    assert.deepEqual(said, said.toSorted(), kind);
    assert.equal(said.at(-1), true, kind);
  }
});
