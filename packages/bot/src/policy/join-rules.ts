import {
  apiTtsUnavailable,
  brainUnavailable,
  elevenLabsApiKeyMissing,
  elevenLabsAudioKeyMissing,
  elevenLabsNeedsBrain,
  elevenLabsTranscriberNeedsBrain,
  elevenLabsTranscriberNeedsFiles,
  elevenLabsVoiceIdMissing,
  fileAsrUnavailable,
  geminiApiKeyMissing,
  openAiApiKeyMissing,
  openAiAudioApiKeyMissing,
  xaiApiKeyMissing,
} from './agent-rules.ts';
import { type Denial, type DenialDetails, type DenialReason, deny, type RequiredPermission } from './denial.ts';
import { isSwitch, type JoinContext, type TargetChannel } from './join-context.ts';
import type { JoinRule } from './join-rule.ts';
import { mayControl, mayJoin, mayRecord } from './who-may.ts';

const voiceDisabled: JoinRule = ({ settings }) =>
  settings.voiceEnabled ? null : deny('voice_disabled', { voiceEnabled: false });

const requesterBlocked: JoinRule = ({ settings, requester }) =>
  settings.blockedUserIds.includes(requester.id)
    ? deny('requester_blocked', { blockedVoiceUserIdsCount: settings.blockedUserIds.length })
    : null;

const requesterNotPermitted: JoinRule = ({ requester, guildSettings, willRecord }) => {
  if (!mayJoin(requester, guildSettings))
    return deny('requester_not_permitted', { action: 'join', requiredRoleIds: guildSettings.joinRoleIds });
  if (willRecord && !mayRecord(requester, guildSettings))
    return deny('requester_not_permitted', { action: 'record', requiredRoleIds: guildSettings.recordRoleIds });
  return null;
};

const requesterNotInVoice: JoinRule = ({ target }) => (target === null ? deny('requester_not_in_voice', {}) : null);

/** A rule about the channel; the rule before it made sure that there is one. */
const onTarget =
  (rule: (target: TargetChannel, ctx: JoinContext) => Denial | null): JoinRule =>
  (ctx) =>
    ctx.target === null ? null : rule(ctx.target, ctx);

const channelBlocked = onTarget((target, { guildSettings }) =>
  guildSettings.blockedChannelIds.includes(target.id)
    ? deny('channel_blocked', { targetVoiceChannelId: target.id })
    : null,
);

const channelNotAllowlisted = onTarget((target, { guildSettings: { allowedChannelIds } }) =>
  allowedChannelIds.length > 0 && !allowedChannelIds.includes(target.id)
    ? deny('channel_not_allowlisted', {
        targetVoiceChannelId: target.id,
        allowlistedChannelCount: allowedChannelIds.length,
      })
    : null,
);

/** Counted are starts of sessions (`voice_session_start`); a switch goes on with the session it has, so it uses up none of the day's. */
const maxSessionsPerDayReached: JoinRule = (ctx) => {
  const { maxSessionsPerDay } = ctx.settings;
  return maxSessionsPerDay > 0 && !isSwitch(ctx) && ctx.startedLastDay >= maxSessionsPerDay
    ? deny('max_sessions_per_day_reached', { startedLastDay: ctx.startedLastDay, maxSessionsPerDay })
    : null;
};

const alreadyInChannel = onTarget((target, { live }) =>
  live?.channelId === target.id ? deny('already_in_channel', { voiceChannelId: target.id }) : null,
);

const busyInOtherChannel: JoinRule = (ctx) =>
  ctx.live !== null && isSwitch(ctx) && !mayControl(ctx.requester, ctx.live)
    ? deny('busy_in_other_channel', { voiceChannelId: ctx.live.channelId, startedBy: ctx.live.requestedByUserId })
    : null;

const botMemberUnavailable = onTarget((target) =>
  target.botPermissions === null ? deny('bot_member_unavailable', {}) : null,
);

const missingVoicePermissions = onTarget((target) => {
  if (target.botPermissions === null) return null;
  const missingPermissions: RequiredPermission[] = [];
  if (!target.botPermissions.view) missingPermissions.push('ViewChannel');
  if (!target.botPermissions.connect) missingPermissions.push('Connect');
  return missingPermissions.length > 0
    ? deny('missing_voice_permissions', { targetVoiceChannelId: target.id, missingPermissions })
    : null;
});

/** Move Members lets a bot into a full channel (Discord: "Voice connections", user limit). */
const channelFull = onTarget((target, { botUserId }) =>
  target.userLimit > 0 &&
  target.memberIds.length >= target.userLimit &&
  !target.memberIds.includes(botUserId) &&
  target.botPermissions?.moveMembers === false
    ? deny('channel_full', { targetVoiceChannelId: target.id, limit: target.userLimit })
    : null,
);

/** Stage channels have no status line, so there only the nickname can show it. */
const noRecordingIndicator = onTarget((target, { willRecord }) => {
  const { botPermissions, type } = target;
  if (!willRecord || botPermissions === null || botPermissions.changeNickname) return null;
  if (type === 'voice' && botPermissions.setVoiceStatus) return null;
  return deny('no_recording_indicator', {
    targetVoiceChannelId: target.id,
    missingPermissions: type === 'voice' ? ['ChangeNickname', 'SetVoiceChannelStatus'] : ['ChangeNickname'],
  });
});

/** A guild with a live session keeps its slot, so a switch needs none. */
const maxConcurrentSessionsReached: JoinRule = ({ settings, live, activeOrPendingSessions }) =>
  live === null && activeOrPendingSessions >= settings.maxConcurrentSessions
    ? deny('max_concurrent_sessions_reached', {
        activeOrPendingSessions,
        maxConcurrentSessions: settings.maxConcurrentSessions,
      })
    : null;

/** A rule with its number in the table of the documentation, the one reason it denies for, and when, in words. */
export interface JoinRuleEntry {
  readonly number: string;
  readonly reason: DenialReason;
  /** The names of what the denial tells beside its reason. */
  readonly details: readonly string[];
  readonly when: string;
  readonly rule: JoinRule;
}

type DetailsOf<D> = D extends unknown ? keyof D : never;

const entry = <K extends DenialReason>(
  number: string,
  reason: K,
  details: readonly DetailsOf<DenialDetails[K]>[],
  when: string,
  rule: JoinRule,
): JoinRuleEntry => ({ number, reason, details: details.map(String), when, rule });

/** The rules in their order, which is behaviour: the first denial is the one that is said. */
export const joinRuleTable: readonly JoinRuleEntry[] = [
  entry('1', 'voice_disabled', ['voiceEnabled'], 'voice is switched off', voiceDisabled),
  entry('2', 'requester_blocked', ['blockedVoiceUserIdsCount'], 'the requester is on the block list', requesterBlocked),
  entry(
    '2b',
    'requester_not_permitted',
    ['action', 'requiredRoleIds'],
    'the requester may not call Parley, or not record',
    requesterNotPermitted,
  ),
  entry('3', 'requester_not_in_voice', [], 'the requester is in no voice channel', requesterNotInVoice),
  entry('4', 'channel_blocked', ['targetVoiceChannelId'], 'the channel is on the block list', channelBlocked),
  entry(
    '5',
    'channel_not_allowlisted',
    ['targetVoiceChannelId', 'allowlistedChannelCount'],
    'there is an allow-list and the channel is not on it',
    channelNotAllowlisted,
  ),
  entry(
    '6',
    'max_sessions_per_day_reached',
    ['startedLastDay', 'maxSessionsPerDay'],
    'the server has started its sessions of the last 24 hours (0 = no limit; a switch counts for none)',
    maxSessionsPerDayReached,
  ),
  entry('7', 'already_in_channel', ['voiceChannelId'], 'Parley is there already', alreadyInChannel),
  entry(
    '7b',
    'busy_in_other_channel',
    ['voiceChannelId', 'startedBy'],
    'a session elsewhere that the requester may not end',
    busyInOtherChannel,
  ),
  entry('8', 'xai_api_key_missing', ['mode'], 'the mode is `voice_agent` and xAI has no key', xaiApiKeyMissing),
  entry(
    '9',
    'openai_api_key_missing',
    ['mode'],
    'the mode is `openai_realtime` and OpenAI has no key',
    openAiApiKeyMissing,
  ),
  entry(
    '10',
    'gemini_api_key_missing',
    ['mode'],
    'the mode is `gemini_realtime` and Gemini has no key',
    geminiApiKeyMissing,
  ),
  entry(
    '11',
    'elevenlabs_api_key_missing',
    ['mode'],
    'the mode is `elevenlabs_realtime` and ElevenLabs has no key',
    elevenLabsApiKeyMissing,
  ),
  entry(
    '12',
    'elevenlabs_api_key_missing',
    ['mode', 'transcriptionMethod', 'replyPath', 'ttsMode', 'providerRole'],
    'ElevenLabs transcribes files or speaks by API, and has no key',
    elevenLabsAudioKeyMissing,
  ),
  entry(
    '13',
    'elevenlabs_full_brain_required',
    ['mode', 'replyPath'],
    'the mode is `elevenlabs_realtime` and the reply path is not `brain`',
    elevenLabsNeedsBrain,
  ),
  entry(
    '14',
    'elevenlabs_voice_id_missing',
    ['mode', 'ttsMode'],
    'the mode is `elevenlabs_realtime` and no voice is chosen',
    elevenLabsVoiceIdMissing,
  ),
  entry(
    '15',
    'elevenlabs_full_brain_required',
    ['mode', 'replyPath', 'providerRole'],
    'ElevenLabs transcribes and the reply path is not `brain`',
    elevenLabsTranscriberNeedsBrain,
  ),
  entry(
    '16',
    'elevenlabs_file_asr_required',
    ['mode', 'transcriptionMethod', 'transcriberProvider'],
    'ElevenLabs transcribes and the method is not `file_wav`',
    elevenLabsTranscriberNeedsFiles,
  ),
  entry(
    '17',
    'openai_audio_api_key_missing',
    ['mode', 'transcriptionMethod', 'ttsMode'],
    'OpenAI transcribes or speaks by API without a key, in another mode than `openai_realtime`',
    openAiAudioApiKeyMissing,
  ),
  entry(
    '18',
    'voice_file_asr_unavailable',
    ['mode', 'transcriptionMethod', 'transcriberProvider'],
    'files are transcribed and no transcriber answers',
    fileAsrUnavailable,
  ),
  entry(
    '19',
    'voice_api_tts_unavailable',
    ['mode', 'ttsMode', 'ttsProvider'],
    'speech comes by API and none answers',
    apiTtsUnavailable,
  ),
  entry(
    '20',
    'voice_brain_unavailable',
    ['mode', 'replyPath'],
    'the reply path is `brain` and there is no text model',
    brainUnavailable,
  ),
  entry('21', 'bot_member_unavailable', [], 'Discord has not told who Parley is on this server', botMemberUnavailable),
  entry(
    '21',
    'missing_voice_permissions',
    ['targetVoiceChannelId', 'missingPermissions'],
    'View Channel or Connect is missing',
    missingVoicePermissions,
  ),
  entry(
    '21',
    'channel_full',
    ['targetVoiceChannelId', 'limit'],
    'the channel is full and Parley may not Move Members',
    channelFull,
  ),
  entry(
    '21',
    'no_recording_indicator',
    ['targetVoiceChannelId', 'missingPermissions'],
    'there is no way to show people that it records',
    noRecordingIndicator,
  ),
  entry(
    '22',
    'max_concurrent_sessions_reached',
    ['activeOrPendingSessions', 'maxConcurrentSessions'],
    'all places for sessions are taken',
    maxConcurrentSessionsReached,
  ),
];

/** The rules alone, in the order of their table. */
export const joinRules: readonly JoinRule[] = joinRuleTable.map(({ rule }) => rule);

/** The first denial in the order of the rules, or null: the join may go on. */
export const evaluateJoin = (ctx: JoinContext): Denial | null => {
  for (const rule of joinRules) {
    const denial = rule(ctx);
    if (denial !== null) return denial;
  }
  return null;
};
