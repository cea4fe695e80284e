import type { DenialDetails, DenialReason } from '../../policy/denial.ts';
import { channelName, command, counted, personName, quoted } from '../words.ts';

type Refusals = { readonly [K in DenialReason]: (details: DenialDetails[K], prefix: string) => string };

const roles = (ids: readonly string[]): string => ids.map((id) => `<@&${id}>`).join(', ');

const permissionNames = {
  ViewChannel: 'View Channel',
  Connect: 'Connect',
  ChangeNickname: 'Change Nickname',
  SetVoiceChannelStatus: 'Set Voice Channel Status',
} as const;

const permissions = (names: readonly (keyof typeof permissionNames)[]): string =>
  names.map((name) => `**${permissionNames[name]}**`).join(' and ');

const providerNames = { openai: 'OpenAI', elevenlabs: 'ElevenLabs' } as const;

const askOperator = (setting: string): string => `Ask the operator to change it (\`${setting}\`).`;

const missingKey = (provider: string, variable: string, purpose = 'to talk'): string =>
  `I need ${provider} ${purpose}, and its key is not set. The operator can set \`${variable}\`, or let me only record (\`runtimeMode\`: \`record_only\`).`;

/** One text per reason a join is refused for: what is the matter, and the way out. */
export const refusals: Refusals = {
  voice_disabled: () =>
    'Voice is switched off in this installation of Parley. Its operator can switch it on again (`voiceEnabled`).',
  requester_blocked: () =>
    'You cannot call Parley here: its operator has blocked your account. Ask them if you think that is a mistake.',
  requester_not_permitted: ({ action, requiredRoleIds }) =>
    `${action === 'join' ? 'Calling Parley' : 'Starting a recording'} is kept to people with the permission **Manage Server**${
      requiredRoleIds.length > 0 ? ` or a role of ${roles(requiredRoleIds)}` : ''
    }. Ask one of them to do it${action === 'join' ? '.' : ', or ask for the rule to be changed (`whoMayRecord`).'}`,
  requester_not_in_voice: (_, prefix) =>
    `Join a voice channel first, then type ${command(prefix, 'join')} again: I come to where you are.`,
  channel_blocked: ({ targetVoiceChannelId }) =>
    `I may not join ${channelName(targetVoiceChannelId)}: it is on this server’s block list. Use another voice channel.`,
  channel_not_allowlisted: ({ targetVoiceChannelId, allowlistedChannelCount }) =>
    `I may not join ${channelName(targetVoiceChannelId)}: only ${counted(
      allowlistedChannelCount,
      'chosen voice channel is',
      'chosen voice channels are',
    )} open to me here. Use one of them, or ask for this one to be added.`,
  max_sessions_per_day_reached: ({ startedLastDay, maxSessionsPerDay }) =>
    `This server has used up its sessions: ${startedLastDay} of ${maxSessionsPerDay} in the last 24 hours. Try again later, or ask the operator for more.`,
  already_in_channel: ({ voiceChannelId }) => `I am already in ${channelName(voiceChannelId)} with you.`,
  busy_in_other_channel: ({ voiceChannelId, startedBy }) =>
    `I am busy in ${channelName(voiceChannelId)}, called by ${personName(startedBy)}. Somebody there, or a person with **Manage Server**, has to send me away first.`,
  xai_api_key_missing: () => missingKey('xAI', 'XAI_API_KEY'),
  openai_api_key_missing: () => missingKey('OpenAI', 'OPENAI_API_KEY'),
  gemini_api_key_missing: () => missingKey('Gemini', 'GEMINI_API_KEY'),
  elevenlabs_api_key_missing: ({ providerRole }) =>
    missingKey(
      'ElevenLabs',
      'ELEVENLABS_API_KEY',
      providerRole === undefined ? 'to talk' : providerRole === 'tts' ? 'to speak' : 'to understand what is said',
    ),
  elevenlabs_full_brain_required: ({ mode, replyPath, providerRole }) =>
    `I cannot talk like this: ElevenLabs ${
      providerRole === 'transcription' ? 'as transcriber' : `(\`${mode}\`)`
    } goes with the reply path \`brain\` only, and \`${replyPath}\` is set. ${askOperator('replyPath')}`,
  elevenlabs_voice_id_missing: () =>
    `I cannot talk: no ElevenLabs voice is chosen. ${askOperator('elevenlabs.voiceId')}`,
  elevenlabs_file_asr_required: ({ transcriptionMethod }) =>
    `I cannot listen like this: ElevenLabs transcribes files only (\`file_wav\`), and \`${transcriptionMethod}\` is set. ${askOperator('transcriptionMethod')}`,
  openai_audio_api_key_missing: () => missingKey('OpenAI', 'OPENAI_API_KEY', 'to hear and to speak by its audio API'),
  voice_file_asr_unavailable: ({ transcriberProvider }) =>
    `I cannot listen: ${providerNames[transcriberProvider]}, which turns speech into text for me, does not answer. Try again in a few minutes, or ask the operator to look at it.`,
  voice_api_tts_unavailable: ({ ttsProvider }) =>
    `I cannot speak: ${providerNames[ttsProvider]}, which gives me my voice, does not answer. Try again in a few minutes, or ask the operator to look at it.`,
  voice_brain_unavailable: () =>
    `I cannot answer: the reply path is \`brain\`, and no text model is set up. ${askOperator('replyPath')}`,
  bot_member_unavailable: () =>
    'I cannot see my own permissions on this server yet. Try again in a few seconds; if it stays so, invite me anew.',
  missing_voice_permissions: ({ targetVoiceChannelId, missingPermissions }) =>
    `I cannot join ${channelName(targetVoiceChannelId)}: I need ${permissions(missingPermissions)} there. Grant it in the channel’s settings, then try again.`,
  channel_full: ({ targetVoiceChannelId, limit }) =>
    `${channelName(targetVoiceChannelId)} is full (${limit}). Make room, raise its user limit, or give me **Move Members**.`,
  no_recording_indicator: ({ targetVoiceChannelId, missingPermissions }) =>
    `I only record where people can see it, and in ${channelName(targetVoiceChannelId)} I can show it nowhere. Give me ${missingPermissions
      .map((name) => `**${permissionNames[name]}**`)
      .join(' or ')}, then try again.`,
  max_concurrent_sessions_reached: ({ activeOrPendingSessions, maxConcurrentSessions }) =>
    `All places are taken: ${activeOrPendingSessions} of ${maxConcurrentSessions} sessions are running. Try again when one has ended.`,
  join_failed: ({ error, phase }) =>
    `I could not join: ${quoted(error)} (${phase}). Nothing is being recorded. Try again; if it happens twice, tell the operator.`,
};
