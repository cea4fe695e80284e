import { randomUUID } from 'node:crypto';
import { SimError } from '../errors.ts';
import type { Op4Entry } from '../gateway/gateway.ts';
import type { GatewaySession } from '../gateway/session.ts';
import type { SimChannel } from '../world/channel.ts';
import type { SimGuild } from '../world/guild.ts';
import type { SimMember } from '../world/member.ts';
import type { VoiceState } from '../world/voice-state.ts';
import type { World } from '../world/world.ts';
import type { Call } from './call.ts';
import { VOICE_CLOSE } from './opcodes.ts';
import type { VoiceServer } from './server.ts';
import type { VoiceSessions } from './sessions.ts';

/** The part of a voice state that may change without joining or leaving. */
export type VoiceChange = Partial<
  Pick<
    VoiceState,
    'selfMute' | 'selfDeaf' | 'mute' | 'deaf' | 'suppress' | 'selfStream' | 'selfVideo' | 'requestToSpeakAt'
  >
>;

/** Told when a simulated person's place in voice changes; null channel: gone. */
export type PersonPlacer = (userId: string, call: Call | null) => void;

export interface RegionHost {
  /** The server the guild's calls are on. */
  serverOf(guild: SimGuild): VoiceServer;
}

/** Milliseconds an abandoned voice connection lives on before the server closes it. */
const RETIRE_MS = 1_000;

/** Who is in which voice channel: the one place where voice states change. */
export class VoiceDirector {
  readonly #world: World;
  readonly #sessions: VoiceSessions;
  readonly #regions: RegionHost;
  readonly #calls = new Map<string, Call>();
  readonly #makeCall: (channel: SimChannel) => Call;
  #placePerson: PersonPlacer = () => undefined;

  constructor(world: World, sessions: VoiceSessions, regions: RegionHost, makeCall: (channel: SimChannel) => Call) {
    this.#world = world;
    this.#sessions = sessions;
    this.#regions = regions;
    this.#makeCall = makeCall;
  }

  bindPeople(place: PersonPlacer): void {
    this.#placePerson = place;
  }

  /** The call of a channel, made when nobody was there before. */
  callOf(channel: SimChannel): Call {
    let call = this.#calls.get(channel.id);
    if (!call) {
      call = this.#makeCall(channel);
      this.#calls.set(channel.id, call);
    }
    return call;
  }

  /** The gateway's op 4 of the bot. What the bot may not do is ignored without a word, as Discord does. */
  request(entry: Op4Entry, session: GatewaySession): void {
    const guild = this.#world.guilds.get(entry.guildId);
    if (!guild?.present) return;
    const member = guild.botMember;
    if (entry.channelId === null) {
      this.leave(member);
      return;
    }
    const channel = guild.channels.get(entry.channelId);
    if (!channel?.isVoice || this.refusal(member, channel)) return;
    const before = guild.voiceStates.get(member.userId);
    const self = { selfMute: entry.selfMute, selfDeaf: entry.selfDeaf };
    const isConnected = this.#sessions.isConnected(member.userId, channel.id);
    if (before?.channelId === channel.id && before.sessionId === session.id && isConnected) {
      this.change(member, self);
      return;
    }
    this.#enter(member, channel, session.id, self);
    this.#sendServer(member, channel);
    this.#sessions.retire(guild.id, member.userId, channel.id, RETIRE_MS);
  }

  /** Why `member` cannot join `channel`; null when he can. */
  refusal(member: SimMember, channel: SimChannel): SimError | null {
    if (!channel.isVoice || channel.deleted) {
      return new SimError(
        'invalid_argument',
        `#${channel.name} is no voice channel${channel.deleted ? ' any more' : ''}.`,
      );
    }
    if (!(member.can('ViewChannel', channel) && member.can('Connect', channel))) {
      return new SimError('missing_permission', `${member.shownName} may not connect to ${channel.name}.`);
    }
    const others = member.guild.inVoice(channel).filter(({ userId }) => userId !== member.userId);
    const isFull = channel.userLimit > 0 && others.length >= channel.userLimit;
    if (isFull && !member.can('MoveMembers', channel)) {
      return new SimError('channel_full', `${channel.name} holds ${channel.userLimit} people and is full.`);
    }
    return null;
  }

  /** A simulated person joins or changes channel by himself; throws when he may not. */
  enter(member: SimMember, channel: SimChannel, self: VoiceChange): void {
    const refusal = this.refusal(member, channel);
    if (refusal) throw refusal;
    const before = member.guild.voiceStates.get(member.userId);
    this.#enter(member, channel, before?.sessionId ?? randomUUID().replaceAll('-', ''), self);
    this.#placePerson(member.userId, this.callOf(channel));
  }

  leave(member: SimMember): void {
    const before = member.guild.voiceStates.get(member.userId);
    if (!before) return;
    this.#clear(member, before);
    this.#sessions.retire(member.guild.id, member.userId, null, RETIRE_MS);
  }

  change(member: SimMember, change: VoiceChange): void {
    const before = member.guild.voiceStates.get(member.userId);
    if (!before) return;
    this.#set(member, { ...before, ...change });
  }

  /**
   * A moderator moves a member, or throws him out (null). The voice connection is closed with `code`
   * after the gateway's events, or before them with `closeFirst`.
   */
  transfer(
    member: SimMember,
    channel: SimChannel | null,
    options: { readonly code?: number; readonly closeFirst?: boolean } = {},
  ): void {
    const before = member.guild.voiceStates.get(member.userId);
    if (!before || before.channelId === channel?.id) return;
    const { code = VOICE_CLOSE.disconnected, closeFirst = false } = options;
    const isPerson = this.#world.people.has(member.userId);
    if (closeFirst) this.#sessions.closeOthers(member.guild.id, member.userId, null, code);
    if (channel) {
      this.#enter(member, channel, before.sessionId, {});
      if (isPerson) this.#placePerson(member.userId, this.callOf(channel));
      else this.#sendServer(member, channel);
    } else {
      this.#clear(member, before);
    }
    this.#sessions.closeOthers(member.guild.id, member.userId, channel?.id ?? null, code);
  }

  /** The guild's calls go on at another server: everybody gets a new endpoint. */
  relocate(guild: SimGuild, options: { readonly endpointNullFirst?: boolean } = {}): void {
    const channels = new Set([...guild.voiceStates.values()].map(({ channelId }) => channelId));
    for (const id of channels) this.#calls.delete(id);
    for (const state of [...guild.voiceStates.values()]) {
      const channel = guild.channels.get(state.channelId);
      const member = guild.members.get(state.userId);
      if (!channel || !member) continue;
      if (this.#world.people.has(state.userId)) {
        this.#placePerson(state.userId, this.callOf(channel));
        continue;
      }
      if (options.endpointNullFirst) this.#world.emit({ type: 'voice_server', guild, token: '', endpoint: null });
      this.#sendServer(member, channel);
      this.#sessions.retire(guild.id, state.userId, null, RETIRE_MS);
    }
  }

  /** A gateway session is over: its voice goes with it. */
  endSession(sessionId: string): void {
    for (const guild of this.#world.guilds.values()) {
      for (const state of [...guild.voiceStates.values()]) {
        const member = guild.members.get(state.userId);
        if (state.sessionId === sessionId && member) this.transfer(member, null);
      }
    }
  }

  /** Leave to connect for a client of its own that plays `member` (an independent voice library, say). */
  issueTicket(
    member: SimMember,
    channel: SimChannel,
  ): { readonly token: string; readonly sessionId: string; readonly endpoint: string } {
    const refusal = this.refusal(member, channel);
    if (refusal) throw refusal;
    const sessionId = randomUUID().replaceAll('-', '');
    this.#enter(member, channel, sessionId, {});
    const server = this.#regions.serverOf(member.guild);
    const ticket = this.#sessions.issue(member, channel, sessionId, server);
    return { token: ticket.token, sessionId, endpoint: server.endpoint };
  }

  #enter(member: SimMember, channel: SimChannel, sessionId: string, self: VoiceChange): void {
    const before = member.guild.voiceStates.get(member.userId);
    if (before && before.channelId !== channel.id) this.#disconnect(member, before.channelId);
    const isAudience = channel.kind === 'stage' && before?.channelId !== channel.id;
    this.#set(member, {
      userId: member.userId,
      guildId: member.guild.id,
      channelId: channel.id,
      sessionId,
      selfMute: before?.selfMute ?? false,
      selfDeaf: before?.selfDeaf ?? false,
      mute: before?.mute ?? false,
      deaf: before?.deaf ?? false,
      suppress: isAudience || (channel.kind === 'stage' && (before?.suppress ?? false)),
      selfStream: false,
      selfVideo: false,
      requestToSpeakAt: null,
      ...self,
    });
  }

  #clear(member: SimMember, before: VoiceState): void {
    member.guild.voiceStates.delete(member.userId);
    this.#disconnect(member, before.channelId);
    if (this.#world.people.has(member.userId)) this.#placePerson(member.userId, null);
    this.#world.emit({ type: 'voice_state', member, state: { ...before, channelId: null } });
  }

  #disconnect(member: SimMember, channelId: string): void {
    const call = this.#calls.get(channelId);
    const inCall = call?.members.get(member.userId);
    if (call && inCall) call.leave(inCall);
  }

  #set(member: SimMember, state: VoiceState): void {
    member.guild.voiceStates.set(member.userId, state);
    this.#world.emit({ type: 'voice_state', member, state });
  }

  #sendServer(member: SimMember, channel: SimChannel): void {
    const state = member.guild.voiceStates.get(member.userId);
    if (!state) return;
    const server = this.#regions.serverOf(member.guild);
    const ticket = this.#sessions.issue(member, channel, state.sessionId, server);
    if (member.userId !== this.#world.bot.id) return;
    this.#world.emit({ type: 'voice_server', guild: member.guild, token: ticket.token, endpoint: server.endpoint });
  }
}
