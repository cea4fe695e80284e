import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guildSettingsSchema } from '../config/guild-settings.ts';
import { parseSettings, settingsSchema } from '../config/settings-schema.ts';
import { readyAgent } from '../testing/scripted-agents.ts';
import type { AgentReadiness } from './agent-readiness.ts';
import { type Denial, type DenialReason, denialReasons, deny } from './denial.ts';
import { isSwitch, type JoinContext, type TargetChannel } from './join-context.ts';
import { evaluateJoin, joinRules, joinRuleTable } from './join-rules.ts';

const target: TargetChannel = {
  id: '300000000000000001',
  type: 'voice',
  userLimit: 0,
  memberIds: ['200000000000000001'],
  botPermissions: {
    view: true,
    connect: true,
    speak: true,
    moveMembers: false,
    changeNickname: true,
    setVoiceStatus: true,
  },
};

const allowed: JoinContext = {
  settings: parseSettings(),
  guildSettings: guildSettingsSchema.parse({ whoMayRecord: 'everyone' }),
  botUserId: '900000000000000001',
  requester: { id: '200000000000000001', roleIds: [], canManageGuild: false, voiceChannelId: target.id },
  target,
  live: null,
  agent: null,
  startedLastDay: 0,
  activeOrPendingSessions: 0,
  willRecord: true,
};

type Change = (ctx: JoinContext) => JoinContext;
const permissions = (change: Partial<NonNullable<TargetChannel['botPermissions']>>): Change =>
  onTarget((channel) => ({
    ...channel,
    botPermissions: channel.botPermissions === null ? null : { ...channel.botPermissions, ...change },
  }));
const onTarget =
  (change: (channel: TargetChannel) => TargetChannel): Change =>
  (ctx) => ({ ...ctx, target: ctx.target === null ? null : change(ctx.target) });
const settings =
  (change: Partial<JoinContext['settings']>): Change =>
  (ctx) => ({ ...ctx, settings: { ...ctx.settings, ...change } });
const guild =
  (change: Partial<JoinContext['guildSettings']>): Change =>
  (ctx) => ({ ...ctx, guildSettings: { ...ctx.guildSettings, ...change } });
const live =
  (channelId: string, requestedByUserId = '200000000000000099'): Change =>
  (ctx) => ({
    ...ctx,
    live: { sessionId: 's', channelId, requestedByUserId },
  });

const agent =
  (settings: Partial<AgentReadiness['settings']>, services: Partial<AgentReadiness['services']> = {}): Change =>
  (ctx) => ({
    ...ctx,
    agent: { settings: { ...readyAgent.settings, ...settings }, services: { ...readyAgent.services, ...services } },
  });
const without = (key: keyof typeof readyAgent.services.keys): Partial<AgentReadiness['services']> => ({
  keys: { ...readyAgent.services.keys, [key]: false },
});

/** For each rule, in order, a context in which it alone denies, and the denial. */
const denials: readonly (readonly [Change, Denial])[] = [
  [settings({ voiceEnabled: false }), deny('voice_disabled', { voiceEnabled: false })],
  [
    settings({ blockedUserIds: [allowed.requester.id, '200000000000000002'] }),
    deny('requester_blocked', { blockedVoiceUserIdsCount: 2 }),
  ],
  [
    guild({ whoMayRecord: 'role', recordRoleIds: ['500000000000000001'] }),
    deny('requester_not_permitted', { action: 'record', requiredRoleIds: ['500000000000000001'] }),
  ],
  [(ctx) => ({ ...ctx, target: null }), deny('requester_not_in_voice', {})],
  [guild({ blockedChannelIds: [target.id] }), deny('channel_blocked', { targetVoiceChannelId: target.id })],
  [
    guild({ allowedChannelIds: ['300000000000000008', '300000000000000009'] }),
    deny('channel_not_allowlisted', { targetVoiceChannelId: target.id, allowlistedChannelCount: 2 }),
  ],
  [
    (ctx) => ({ ...settings({ maxSessionsPerDay: 5 })(ctx), startedLastDay: 5 }),
    deny('max_sessions_per_day_reached', { startedLastDay: 5, maxSessionsPerDay: 5 }),
  ],
  [live(target.id), deny('already_in_channel', { voiceChannelId: target.id })],
  [
    live('300000000000000007'),
    deny('busy_in_other_channel', { voiceChannelId: '300000000000000007', startedBy: '200000000000000099' }),
  ],
  [agent({ mode: 'voice_agent' }, without('xai')), deny('xai_api_key_missing', { mode: 'voice_agent' })],
  [agent({}, without('openai')), deny('openai_api_key_missing', { mode: 'openai_realtime' })],
  [agent({ mode: 'gemini_realtime' }, without('gemini')), deny('gemini_api_key_missing', { mode: 'gemini_realtime' })],
  [
    agent({ mode: 'elevenlabs_realtime', replyPath: 'brain' }, without('elevenlabs')),
    deny('elevenlabs_api_key_missing', { mode: 'elevenlabs_realtime' }),
  ],
  [
    agent({ replyPath: 'brain', ttsMode: 'api', ttsProvider: 'elevenlabs' }, without('elevenlabs')),
    deny('elevenlabs_api_key_missing', {
      mode: 'openai_realtime',
      transcriptionMethod: 'realtime_bridge',
      replyPath: 'brain',
      ttsMode: 'api',
      providerRole: 'tts',
    }),
  ],
  [
    agent({ mode: 'elevenlabs_realtime' }),
    deny('elevenlabs_full_brain_required', { mode: 'elevenlabs_realtime', replyPath: 'native' }),
  ],
  [
    agent({ mode: 'elevenlabs_realtime', replyPath: 'brain', hasElevenLabsVoiceId: false }),
    deny('elevenlabs_voice_id_missing', { mode: 'elevenlabs_realtime', ttsMode: 'realtime' }),
  ],
  [
    agent({ replyPath: 'bridge', transcriptionMethod: 'file_wav', transcriberProvider: 'elevenlabs' }),
    deny('elevenlabs_full_brain_required', {
      mode: 'openai_realtime',
      replyPath: 'bridge',
      providerRole: 'transcription',
    }),
  ],
  [
    agent({ replyPath: 'brain', transcriberProvider: 'elevenlabs' }),
    deny('elevenlabs_file_asr_required', {
      mode: 'openai_realtime',
      transcriptionMethod: 'realtime_bridge',
      transcriberProvider: 'elevenlabs',
    }),
  ],
  [
    agent({ mode: 'gemini_realtime', replyPath: 'bridge' }, without('openai')),
    deny('openai_audio_api_key_missing', {
      mode: 'gemini_realtime',
      transcriptionMethod: 'realtime_bridge',
      ttsMode: 'realtime',
    }),
  ],
  [
    agent({ replyPath: 'brain', transcriptionMethod: 'file_wav' }, { fileAsrReady: false }),
    deny('voice_file_asr_unavailable', {
      mode: 'openai_realtime',
      transcriptionMethod: 'file_wav',
      transcriberProvider: 'openai',
    }),
  ],
  [
    agent({ replyPath: 'brain', ttsMode: 'api' }, { speechSynthesisReady: false }),
    deny('voice_api_tts_unavailable', { mode: 'openai_realtime', ttsMode: 'api', ttsProvider: 'openai' }),
  ],
  [
    agent({ replyPath: 'brain' }, { brainReady: false }),
    deny('voice_brain_unavailable', { mode: 'openai_realtime', replyPath: 'brain' }),
  ],
  [onTarget((channel) => ({ ...channel, botPermissions: null })), deny('bot_member_unavailable', {})],
  [
    permissions({ view: false, connect: false }),
    deny('missing_voice_permissions', {
      targetVoiceChannelId: target.id,
      missingPermissions: ['ViewChannel', 'Connect'],
    }),
  ],
  [
    onTarget((channel) => ({ ...channel, userLimit: 1 })),
    deny('channel_full', { targetVoiceChannelId: target.id, limit: 1 }),
  ],
  [
    permissions({ changeNickname: false, setVoiceStatus: false }),
    deny('no_recording_indicator', {
      targetVoiceChannelId: target.id,
      missingPermissions: ['ChangeNickname', 'SetVoiceChannelStatus'],
    }),
  ],
  [
    (ctx) => ({ ...ctx, activeOrPendingSessions: 3 }),
    deny('max_concurrent_sessions_reached', { activeOrPendingSessions: 3, maxConcurrentSessions: 3 }),
  ],
];

test('the order of the rules is the order of the table', () => {
  assert.equal(denials.length, joinRules.length);
  for (const [index, [change, denial]] of denials.entries())
    assert.deepEqual(joinRules[index]?.(change(allowed)), denial, denial.reason);
  for (const [index, [, { details }]] of denials.entries())
    assert.deepEqual(Object.keys(details), joinRuleTable[index]?.details);
  const tested = denials.map(([, { reason }]) => reason);
  assert.deepEqual(
    tested,
    joinRuleTable.map(({ reason }) => reason),
  );
  assert.deepEqual(new Set([...tested, 'join_failed']), new Set(denialReasons));
});

test('where nothing is wrong nothing is denied', () => {
  assert.equal(evaluateJoin(allowed), null);
});

/** Rules 8 to 20: of two of them, each makes an agent of its own; `agent-rules.test.ts` walks through all that can hold together. */
const isAgents = (index: number): boolean => /^(?:[89]|1\d|20)$/.test(joinRuleTable[index]?.number ?? '');

for (const [index, [change, denial]] of denials.entries()) {
  const number = joinRuleTable[index]?.number;
  test(`${number} ${denial.reason} denies alone, with its details`, () => {
    assert.deepEqual(evaluateJoin(change(allowed)), denial);
  });
  for (const [offset, [laterChange, later]] of denials.slice(index + 1).entries()) {
    if (isAgents(index) && isAgents(index + 1 + offset)) continue;
    // One live session is either here or elsewhere.
    if (denial.reason === 'already_in_channel' && later.reason === 'busy_in_other_channel') continue;
    test(`${number} ${denial.reason} is said before ${joinRuleTable[index + 1 + offset]?.number} ${later.reason}`, () => {
      assert.equal(evaluateJoin(change(laterChange(allowed)))?.reason, expected(denial.reason, later.reason));
      assert.equal(evaluateJoin(laterChange(change(allowed)))?.reason, expected(denial.reason, later.reason));
    });
  }
}

/** The first of the two, except that a switch starts no session: the day's number says nothing about it. */
function expected(first: DenialReason, second: DenialReason): DenialReason {
  return first === 'max_sessions_per_day_reached' && second === 'busy_in_other_channel' ? second : first;
}

test('being there already need not be told, every other refusal must', () => {
  for (const [, { reason, mustNotify }] of denials) assert.equal(mustNotify, reason !== 'already_in_channel', reason);
});

const verdicts: readonly (readonly [string, Change, DenialReason | null])[] = [
  ['a day without limit', (ctx) => ({ ...settings({ maxSessionsPerDay: 0 })(ctx), startedLastDay: 999 }), null],
  ['the last session of the day', (ctx) => ({ ...settings({ maxSessionsPerDay: 5 })(ctx), startedLastDay: 4 }), null],
  ['more than the day allows', (ctx) => ({ ...ctx, startedLastDay: 121 }), 'max_sessions_per_day_reached'],
  ['the last slot', (ctx) => ({ ...ctx, activeOrPendingSessions: 2 }), null],
  ['more than all slots', (ctx) => ({ ...ctx, activeOrPendingSessions: 9 }), 'max_concurrent_sessions_reached'],
  ['a place left', onTarget((channel) => ({ ...channel, userLimit: 2 })), null],
  [
    'more people than the limit',
    onTarget((channel) => ({ ...channel, userLimit: 1, memberIds: ['a', 'b'] })),
    'channel_full',
  ],
  [
    'a full channel and Move Members',
    (ctx) => permissions({ moveMembers: true })(onTarget((channel) => ({ ...channel, userLimit: 1 }))(ctx)),
    null,
  ],
  [
    'a full channel that the bot itself fills',
    onTarget((channel) => ({ ...channel, userLimit: 1, memberIds: [allowed.botUserId] })),
    null,
  ],
  ['no Speak', permissions({ speak: false }), null],
  ['only the nickname as indicator', permissions({ setVoiceStatus: false }), null],
  ['only the channel’s status as indicator', permissions({ changeNickname: false }), null],
  [
    'a stage without the nickname',
    (ctx) => permissions({ changeNickname: false })(onTarget((channel) => ({ ...channel, type: 'stage' }))(ctx)),
    'no_recording_indicator',
  ],
  ['a stage with the nickname', onTarget((channel) => ({ ...channel, type: 'stage' })), null],
  [
    'no indicator where nothing is recorded',
    (ctx) => ({ ...permissions({ changeNickname: false, setVoiceStatus: false })(ctx), willRecord: false }),
    null,
  ],
  ['a channel on the allow-list', guild({ allowedChannelIds: [target.id] }), null],
  [
    'both lists: the block list is said',
    guild({ allowedChannelIds: ['300000000000000009'], blockedChannelIds: [target.id] }),
    'channel_blocked',
  ],
  [
    'a record role',
    (ctx) => ({
      ...guild({ whoMayRecord: 'role', recordRoleIds: ['r'] })(ctx),
      requester: { ...ctx.requester, roleIds: ['r'] },
    }),
    null,
  ],
  [
    'Manage Server instead of a role',
    (ctx) => ({
      ...guild({ whoMayRecord: 'role', whoMayJoin: 'role' })(ctx),
      requester: { ...ctx.requester, canManageGuild: true },
    }),
    null,
  ],
  [
    'a record role where nothing is recorded',
    (ctx) => ({ ...guild({ whoMayRecord: 'role' })(ctx), willRecord: false }),
    null,
  ],
  ['no join role', guild({ whoMayJoin: 'role', joinRoleIds: ['j'] }), 'requester_not_permitted'],
  ['a switch by the requester of the session', live('300000000000000007', allowed.requester.id), null],
  [
    'a switch by Manage Server',
    (ctx) => ({ ...live('300000000000000007')(ctx), requester: { ...ctx.requester, canManageGuild: true } }),
    null,
  ],
  [
    'a switch when all slots are taken by others',
    (ctx) => ({ ...live('300000000000000007', allowed.requester.id)(ctx), activeOrPendingSessions: 3 }),
    null,
  ],
  [
    'a switch on a day that is used up',
    (ctx) => ({ ...live('300000000000000007', allowed.requester.id)(ctx), startedLastDay: 120 }),
    null,
  ],
  [
    'a switch into a blocked channel',
    (ctx) => guild({ blockedChannelIds: [target.id] })(live('300000000000000007', allowed.requester.id)(ctx)),
    'channel_blocked',
  ],
  [
    'a switch into a full channel',
    (ctx) =>
      onTarget((channel) => ({ ...channel, userLimit: 1 }))(live('300000000000000007', allowed.requester.id)(ctx)),
    'channel_full',
  ],
];
for (const [what, change, reason] of verdicts)
  test(`join: ${what} → ${reason ?? 'allowed'}`, () => {
    assert.equal(evaluateJoin(change(allowed))?.reason ?? null, reason);
  });

test('negative and too large limits never reach the rules', () => {
  for (const wrong of [
    { maxSessionsPerDay: -1 },
    { maxSessionsPerDay: 241 },
    { maxConcurrentSessions: 0 },
    { maxConcurrentSessions: 65 },
  ])
    assert.equal(settingsSchema.safeParse(wrong).success, false);
  for (const right of [{ maxSessionsPerDay: 240 }, { maxConcurrentSessions: 64 }])
    assert.equal(settingsSchema.safeParse(right).success, true);
});

test('a switch needs a live session in another channel', () => {
  assert.equal(isSwitch(allowed), false);
  assert.equal(isSwitch(live(target.id)(allowed)), false);
  assert.equal(isSwitch(live('300000000000000007')(allowed)), true);
  assert.equal(isSwitch({ ...live('300000000000000007')(allowed), target: null }), false);
});

test('only Speak can be missing and the join still goes on', () => {
  assert.equal(evaluateJoin(permissions({ speak: false })(allowed)), null);
});
