import type { AgentMode, AgentSettings } from './agent-readiness.ts';

/** What a requester asked for and may not do. */
export type RestrictedAction = 'join' | 'record';

/** The part of a join in which something failed. */
export const joinPhases = [
  'rules',
  'reserve',
  'consents',
  'indicator',
  'boot',
  'agent',
  'connect',
  'recheck',
  'notice',
  'recording',
  'commit',
] as const;
export type JoinPhase = (typeof joinPhases)[number];

/** Permissions without which no join is possible. */
export type RequiredPermission = 'ViewChannel' | 'Connect';

/** Every reason why a join is refused, with its details. */
export interface DenialDetails {
  readonly voice_disabled: { readonly voiceEnabled: false };
  readonly requester_blocked: { readonly blockedVoiceUserIdsCount: number };
  readonly requester_not_permitted: { readonly action: RestrictedAction; readonly requiredRoleIds: readonly string[] };
  readonly requester_not_in_voice: Record<never, never>;
  readonly channel_blocked: { readonly targetVoiceChannelId: string };
  readonly channel_not_allowlisted: {
    readonly targetVoiceChannelId: string;
    readonly allowlistedChannelCount: number;
  };
  readonly max_sessions_per_day_reached: { readonly startedLastDay: number; readonly maxSessionsPerDay: number };
  readonly already_in_channel: { readonly voiceChannelId: string };
  readonly busy_in_other_channel: { readonly voiceChannelId: string; readonly startedBy: string };
  readonly xai_api_key_missing: { readonly mode: AgentMode };
  readonly openai_api_key_missing: { readonly mode: AgentMode };
  readonly gemini_api_key_missing: { readonly mode: AgentMode };
  /** With `providerRole`: needed for that role although the mode is another. */
  readonly elevenlabs_api_key_missing:
    | { readonly mode: AgentMode; readonly providerRole?: never }
    | (Pick<AgentSettings, 'mode' | 'transcriptionMethod' | 'replyPath' | 'ttsMode'> & {
        readonly providerRole: 'tts' | 'transcription';
      });
  readonly elevenlabs_full_brain_required: Pick<AgentSettings, 'mode' | 'replyPath'> & {
    readonly providerRole?: 'transcription';
  };
  readonly elevenlabs_voice_id_missing: Pick<AgentSettings, 'mode' | 'ttsMode'>;
  readonly elevenlabs_file_asr_required: Pick<AgentSettings, 'mode' | 'transcriptionMethod' | 'transcriberProvider'>;
  readonly openai_audio_api_key_missing: Pick<AgentSettings, 'mode' | 'transcriptionMethod' | 'ttsMode'>;
  readonly voice_file_asr_unavailable: Pick<AgentSettings, 'mode' | 'transcriptionMethod' | 'transcriberProvider'>;
  readonly voice_api_tts_unavailable: Pick<AgentSettings, 'mode' | 'ttsMode' | 'ttsProvider'>;
  readonly voice_brain_unavailable: Pick<AgentSettings, 'mode' | 'replyPath'>;
  readonly bot_member_unavailable: Record<never, never>;
  readonly missing_voice_permissions: {
    readonly targetVoiceChannelId: string;
    readonly missingPermissions: readonly RequiredPermission[];
  };
  readonly channel_full: { readonly targetVoiceChannelId: string; readonly limit: number };
  readonly no_recording_indicator: {
    readonly targetVoiceChannelId: string;
    readonly missingPermissions: readonly ('ChangeNickname' | 'SetVoiceChannelStatus')[];
  };
  readonly max_concurrent_sessions_reached: {
    readonly activeOrPendingSessions: number;
    readonly maxConcurrentSessions: number;
  };
  /** `error`: at most 220 characters, fit to be shown. */
  readonly join_failed: { readonly error: string; readonly phase: JoinPhase };
}

export type DenialReason = keyof DenialDetails;

/** A refusal. `mustNotify: false` means the requester need not be told by a message of its own. */
export type Denial = {
  readonly [K in DenialReason]: {
    readonly reason: K;
    readonly details: DenialDetails[K];
    readonly mustNotify: boolean;
  };
}[DenialReason];

/** Whether the requester has to hear of it; being there already shows by itself. */
const mustNotify = {
  voice_disabled: true,
  requester_blocked: true,
  requester_not_permitted: true,
  requester_not_in_voice: true,
  channel_blocked: true,
  channel_not_allowlisted: true,
  max_sessions_per_day_reached: true,
  already_in_channel: false,
  busy_in_other_channel: true,
  xai_api_key_missing: true,
  openai_api_key_missing: true,
  gemini_api_key_missing: true,
  elevenlabs_api_key_missing: true,
  elevenlabs_full_brain_required: true,
  elevenlabs_voice_id_missing: true,
  elevenlabs_file_asr_required: true,
  openai_audio_api_key_missing: true,
  voice_file_asr_unavailable: true,
  voice_api_tts_unavailable: true,
  voice_brain_unavailable: true,
  bot_member_unavailable: true,
  missing_voice_permissions: true,
  channel_full: true,
  no_recording_indicator: true,
  max_concurrent_sessions_reached: true,
  join_failed: true,
} as const satisfies Record<DenialReason, boolean>;

export const denialReasons = Object.keys(mustNotify) as DenialReason[];

/** A denial of this reason. */
export const deny = <K extends DenialReason>(
  reason: K,
  details: DenialDetails[K],
): Extract<Denial, { readonly reason: K }> =>
  ({ reason, details, mustNotify: mustNotify[reason] }) as Extract<Denial, { readonly reason: K }>;

const maxErrorLength = 220;

const noSpace = 'too little disk space is free';
const notWritable = 'the recordings folder cannot be written';

/** What people hear of a disk, by the code of the protocol or of the system; the log has paths and numbers. */
const diskWords: Readonly<Record<string, string>> = {
  disk_full: noSpace,
  ENOSPC: noSpace,
  EDQUOT: noSpace,
  folder_unwritable: notWritable,
  EACCES: notWritable,
  EPERM: notWritable,
  EROFS: notWritable,
};

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

/** Anything that failed after the rules, said in at most 220 characters. */
export const joinFailed = (error: unknown, phase: JoinPhase): Extract<Denial, { readonly reason: 'join_failed' }> =>
  deny('join_failed', { error: diskWords[codeOf(error)] ?? shortError(error), phase });

/** An error's message in one line of at most 220 characters. */
export const shortError = (error: unknown): string => {
  const text = (error instanceof Error ? error.message || error.name : String(error)).replaceAll(/\s+/g, ' ').trim();
  const points = [...(text === '' ? 'unknown error' : text)];
  return points.length <= maxErrorLength ? points.join('') : `${points.slice(0, maxErrorLength - 1).join('')}…`;
};
