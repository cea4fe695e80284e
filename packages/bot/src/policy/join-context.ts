import type { GuildSettings } from '../config/guild-settings.ts';
import type { Settings } from '../config/settings-schema.ts';
import type { AgentReadiness } from './agent-readiness.ts';
import type { Person } from './who-may.ts';

/** What Parley may do in the channel it is called to; computed by Discord's permission rules, owner and administrator included. */
export interface BotPermissions {
  readonly view: boolean;
  readonly connect: boolean;
  readonly speak: boolean;
  readonly moveMembers: boolean;
  readonly changeNickname: boolean;
  readonly setVoiceStatus: boolean;
}

/** The voice channel the requester sits in. */
export interface TargetChannel {
  readonly id: string;
  readonly type: 'voice' | 'stage';
  /** 0 = no limit. */
  readonly userLimit: number;
  /** Everybody inside, bots too: they fill the channel as people do. */
  readonly memberIds: readonly string[];
  /** null: the bot's own member is not known to the gateway. */
  readonly botPermissions: BotPermissions | null;
}

/** The session that lives in this guild. */
export interface LiveSession {
  readonly sessionId: string;
  readonly channelId: string;
  readonly requestedByUserId: string;
}

/** All that the join rules look at; plain data, gathered before they run. */
export interface JoinContext {
  readonly settings: Pick<Settings, 'voiceEnabled' | 'blockedUserIds' | 'maxSessionsPerDay' | 'maxConcurrentSessions'>;
  readonly guildSettings: GuildSettings;
  readonly botUserId: string;
  /** `voiceChannelId` is null when the requester is in no voice channel. */
  readonly requester: Person;
  /** null when the requester is in no voice channel. */
  readonly target: TargetChannel | null;
  readonly live: LiveSession | null;
  /** `voice_session_start` in this guild within 24 h. */
  readonly startedLastDay: number;
  /** Leases of concurrency slots held by other guilds. */
  readonly activeOrPendingSessions: number;
  /** null where no agent is wanted: Parley only records, and needs no key. */
  readonly agent: AgentReadiness | null;
  /** Whether the session records at once: not where it is switched off and only changes its channel. */
  readonly willRecord: boolean;
}

/** A live session elsewhere in the guild moves instead of a new one being started. */
export const isSwitch = (ctx: JoinContext): boolean =>
  ctx.live !== null && ctx.target !== null && ctx.live.channelId !== ctx.target.id;
