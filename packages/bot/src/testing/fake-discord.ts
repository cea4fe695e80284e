import type { UserMessage } from '../notify/index.ts';
import type {
  DiscordPort,
  GatewayListener,
  GatewayPayload,
  OutgoingFile,
  SentMessage,
  VoiceChannelView,
  VoicePerson,
} from '../session/discord-port.ts';

export const guildA = '100000000000000001';
export const guildB = '100000000000000002';
export const voiceA = '200000000000000001';
export const voiceA2 = '200000000000000002';
export const voiceB = '200000000000000003';
export const textA = '300000000000000001';
export const alice = '400000000000000001';
export const bob = '400000000000000002';
export const musicBot = '400000000000000009';
export const botId = '900000000000000001';

export interface Posted {
  readonly channelId: string;
  readonly message: UserMessage;
  readonly files: readonly OutgoingFile[];
}

interface FakeChannel {
  readonly guildId: string;
  readonly name: string;
  people: VoicePerson[];
}

/** A Discord on paper: channels with people, what was posted, nicknames. Failures are switched on by assigning to its fields. */
export class FakeDiscord implements DiscordPort {
  readonly botUserId = botId;
  readonly channels = new Map<string, FakeChannel>([
    [voiceA, { guildId: guildA, name: 'Table', people: [] }],
    [voiceA2, { guildId: guildA, name: 'Couch', people: [] }],
    [voiceB, { guildId: guildB, name: 'Elsewhere', people: [] }],
  ]);
  readonly posted: Posted[] = [];
  readonly sent: GatewayPayload[] = [];
  readonly nicknames = new Map<string, string | null>();
  readonly statuses = new Map<string, string>();
  readonly listeners = new Map<string, GatewayListener>();
  /** Channels Discord shows the bot in, by guild. */
  readonly shownIn = new Map<string, string>();
  /** Guilds whose voice the bot was taken out of. */
  readonly leftVoice: string[] = [];
  readonly managers = new Set<string>([alice, bob]);
  permissions = {
    view: true,
    connect: true,
    speak: true,
    moveMembers: false,
    changeNickname: true,
    setVoiceStatus: false,
  };
  failPost: ((message: UserMessage) => Error | null) | null = null;
  failNickname: Error | null = null;
  afkChannelId: string | null = null;
  failDelete: Error | null = null;
  readonly deleted: string[] = [];

  /** Puts somebody into a channel, out of any other of the guild. */
  put(userId: string, channelId: string | null, person: Partial<VoicePerson> = {}): VoicePerson {
    const who = { ...personNamed(userId), ...person };
    for (const channel of this.channels.values()) {
      channel.people = channel.people.filter((other) => other.userId !== userId);
    }
    if (channelId !== null) this.channels.get(channelId)?.people.push(who);
    return who;
  }

  said(kind: UserMessage['kind']): UserMessage[] {
    return this.posted.filter(({ message }) => message.kind === kind).map(({ message }) => message);
  }

  channel(guildId: string, channelId: string): VoiceChannelView | null {
    const channel = this.channels.get(channelId);
    if (channel?.guildId !== guildId) return null;
    return {
      id: channelId,
      guildId,
      name: channel.name,
      isAfk: channelId === this.afkChannelId,
      type: 'voice',
      userLimit: 0,
      memberIds: channel.people.map(({ userId }) => userId),
      botPermissions: this.permissions,
      people: [...channel.people],
    };
  }

  requester(guildId: string, userId: string) {
    const found = [...this.channels].find(
      ([, channel]) => channel.guildId === guildId && channel.people.some((person) => person.userId === userId),
    );
    return {
      id: userId,
      roleIds: found?.[1].people.find((person) => person.userId === userId)?.roleIds ?? [],
      canManageGuild: this.managers.has(userId),
      voiceChannelId: found?.[0] ?? null,
    };
  }

  async resolvePerson(_guildId: string, userId: string): Promise<VoicePerson> {
    const people = [...this.channels.values()].flatMap((channel) => channel.people);
    const { bot } = personNamed(userId);
    return { ...(people.find((person) => person.userId === userId) ?? personNamed(userId)), bot };
  }

  ownVoiceChannel(guildId: string): string | null {
    return this.shownIn.get(guildId) ?? null;
  }

  link(guildId: string, listener: GatewayListener) {
    if (this.listeners.has(guildId)) throw new Error('linked twice');
    this.listeners.set(guildId, listener);
    return {
      send: (payload: GatewayPayload) => void this.sent.push(payload),
      [Symbol.dispose]: () => void this.listeners.delete(guildId),
    };
  }

  leaveVoice(guildId: string): void {
    this.leftVoice.push(guildId);
  }

  ownName(guildId: string) {
    return { nickname: this.nicknames.get(guildId) ?? null, username: 'Parley' };
  }

  async setNickname(guildId: string, nickname: string | null): Promise<void> {
    if (this.failNickname) throw this.failNickname;
    this.nicknames.set(guildId, nickname);
  }

  async setVoiceStatus(channelId: string, status: string): Promise<void> {
    if (![...this.shownIn.values()].includes(channelId)) throw new Error('Missing Permissions');
    this.statuses.set(channelId, status);
  }

  async post(channelId: string, message: UserMessage, files: readonly OutgoingFile[] = []): Promise<SentMessage> {
    const failure = this.failPost?.(message);
    if (failure) throw failure;
    this.posted.push({ channelId, message, files });
    return {
      id: String(this.posted.length),
      channelId,
      edit: async (edited) => void this.posted.push({ channelId, message: edited, files: [] }),
    };
  }

  async postDirect(userId: string, message: UserMessage, files?: readonly OutgoingFile[]): Promise<SentMessage> {
    return await this.post(`dm:${userId}`, message, files);
  }

  async deleteMessage(channelId: string, messageId: string): Promise<void> {
    if (this.failDelete) throw this.failDelete;
    this.deleted.push(`${channelId}/${messageId}`);
  }

  sentMessage(channelId: string, messageId: string): SentMessage {
    return {
      id: messageId,
      channelId,
      edit: async (message) => void this.posted.push({ channelId, message, files: [] }),
    };
  }

  uploadLimitBytes(): number {
    return 10 * 1024 * 1024;
  }
}

export const personNamed = (userId: string): VoicePerson => ({
  userId,
  username: `user${userId.at(-1)}`,
  displayName: `User ${userId.at(-1)}`,
  bot: userId === musicBot,
  muted: false,
  streaming: false,
  roleIds: [],
});
