import type { DenialReason, JoinPhase } from '../policy/denial.ts';

/** What each kind of action carries besides its scope. Plain JSON; no speech, no secrets. */
export interface ActionFields {
  readonly voice_join_request: {
    readonly via: 'slash' | 'text' | 'button' | 'mention' | 'auto_join' | 'follow' | 'agent';
    readonly targetVoiceChannelId: string | null;
    /** 0..1; 1 for a command. */
    readonly intentConfidence: number;
  };
  readonly voice_join_refused: { readonly reason: DenialReason; readonly details: object };
  readonly voice_session_start: {
    readonly mode: string;
    readonly requestedByUserId: string;
    readonly voiceChannelId: string;
    /** null = no limit. */
    readonly maxSessionMinutes: number | null;
    /** null: silence does not end this session. */
    readonly inactivityLeaveSeconds: number | null;
    readonly intentConfidence: number;
  };
  readonly voice_session_switch: { readonly fromVoiceChannelId: string; readonly toVoiceChannelId: string };
  readonly voice_session_end: {
    readonly reason: string;
    readonly durationMs: number;
    readonly recordings: number;
    readonly segments: number;
    readonly received: number;
    readonly written: number;
    readonly lost: number;
    readonly speakers: number;
  };
  readonly voice_leave_request: { readonly via: ActionFields['voice_join_request']['via']; readonly outcome: string };
  readonly voice_error: {
    readonly event: string;
    readonly code?: string;
    readonly phase?: JoinPhase;
    readonly error: string;
    readonly diagnostics?: object;
  };
  readonly voice_runtime: { readonly event: string; readonly details?: object };
  readonly consent: {
    /** `recorded` where older rows have none. */
    readonly use: string;
    readonly state: string;
    readonly scope: 'guild' | 'everywhere';
    readonly textVersion: number;
  };
  readonly stream_discovery: {
    readonly event: string;
    readonly source?: 'voice_state' | 'gateway' | 'registry';
    readonly streamerUserId?: string;
  };
  readonly recording_mux: { readonly recordingSessionId: string; readonly status: string; readonly ms: number };
  readonly recording_deleted: { readonly recordingSessionId: string; readonly reason: string; readonly bytes: number };
  readonly guild_purged: { readonly recordings: number; readonly rows: number };
  readonly person_erased: {
    /** Keyed hash. */
    readonly person: string;
    readonly recordings: number;
    readonly messages: number;
    readonly rows: number;
  };
  readonly recording_exported: {
    readonly recordingSessionId: string;
    readonly kind: 'export' | 'clip';
    readonly format: string;
    /** How it was handed over, or why not. */
    readonly outcome: string;
  };
  readonly recording_delivered: { readonly recordingSessionId: string; readonly rung: string };
}

export type ActionKind = keyof ActionFields;

interface ActionScope {
  readonly guildId: string | null;
  readonly channelId?: string;
  readonly userId?: string;
  readonly sessionId?: string;
  readonly messageId?: string;
  /** Epoch milliseconds; the store's clock when absent. */
  readonly at?: number;
}

/** Something that happened and is kept: `{kind, fields}` with where and who. */
export type Action = {
  readonly [K in ActionKind]: ActionScope & { readonly kind: K; readonly fields: ActionFields[K] };
}[ActionKind];
