import type { NotificationParams } from '@parley/protocol';
import type { UserMessage } from '../notify/user-message.ts';
import type { TargetChannel } from '../policy/join-context.ts';
import type { Person } from '../policy/who-may.ts';

/** Somebody in a voice channel. `bot: null` while the member is not known. */
export interface VoicePerson {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly bot: boolean | null;
  /** By themselves or by a moderator. */
  readonly muted: boolean;
  /** Shows their screen (Go Live). */
  readonly streaming: boolean;
  readonly roleIds: readonly string[];
}

/** A voice channel as it is now. */
export interface VoiceChannelView extends TargetChannel {
  readonly guildId: string;
  readonly name: string;
  /** Where Discord puts people who are away. */
  readonly isAfk: boolean;
  /** Everybody inside but this bot. */
  readonly people: readonly VoicePerson[];
}

/** What a guild's voice gateway says; handed on to voxproc. */
export interface GatewayListener {
  voiceState(data: Record<string, unknown>): void;
  voiceServer(data: Record<string, unknown>): void;
  available(available: boolean): void;
}

export type GatewayPayload = NotificationParams<'voxproc', 'gateway.send'>['payload'];

/** A guild's way to the main gateway. One at a time per guild; disposing ends it. */
export interface GatewayLink extends Disposable {
  send(payload: GatewayPayload): void;
}

/** A message that can be edited. */
export interface SentMessage {
  readonly id: string;
  readonly channelId: string;
  edit(message: UserMessage, files?: readonly OutgoingFile[]): Promise<void>;
}

export interface OutgoingFile {
  /** The name people see. */
  readonly name: string;
  readonly path: string;
}

/** All that sessions need of Discord. Views are of the moment and never fetched; promises reject with what the library says. */
export interface DiscordPort {
  readonly botUserId: string;
  /** null when the guild or the channel is unknown, gone, or no voice or stage channel. */
  channel(guildId: string, channelId: string): VoiceChannelView | null;
  /** A member who asks for something; null when unknown. */
  requester(guildId: string, userId: string): Person | null;
  /** A member with the bot flag settled, fetched where need be; `fresh`: in any case, since what is known may be old. */
  resolvePerson(guildId: string, userId: string, how?: { readonly fresh: boolean }): Promise<VoicePerson>;
  /** The channel Discord shows this bot in. */
  ownVoiceChannel(guildId: string): string | null;
  link(guildId: string, listener: GatewayListener): GatewayLink;
  /** Takes the bot out of voice when nobody else does it any more. */
  leaveVoice(guildId: string): void;
  /** The bot's nickname (null: none) and the name it has without one. */
  ownName(guildId: string): { readonly nickname: string | null; readonly username: string } | null;
  setNickname(guildId: string, nickname: string | null): Promise<void>;
  setVoiceStatus(channelId: string, status: string): Promise<void>;
  post(channelId: string, message: UserMessage, files?: readonly OutgoingFile[]): Promise<SentMessage>;
  postDirect(userId: string, message: UserMessage, files?: readonly OutgoingFile[]): Promise<SentMessage>;
  /** Deletes a message of the bot's own; one that is gone already counts as deleted, one out of reach does not. */
  deleteMessage(channelId: string, messageId: string): Promise<void>;
  /** A message of the bot's own that was posted earlier, by its id; whether it still stands shows when it is edited. */
  sentMessage(channelId: string, messageId: string): SentMessage;
  /** Bytes a message's attachments may have. */
  uploadLimitBytes(guildId: string): number;
}
