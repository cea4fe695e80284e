import { createSocket } from 'node:dgram';
import type { Prng } from '../core/prng.ts';
import { SimError } from '../errors.ts';
import type { Gateway } from '../gateway/gateway.ts';
import type { RestFault, RestServer } from '../rest/server.ts';
import type { VoiceChange, VoiceDirector } from '../voice/director.ts';
import type { Regions } from '../voice/regions.ts';
import { type DatagramCounts, makeGarbage } from '../voice/session.ts';
import type { VoiceSessions } from '../voice/sessions.ts';
import type { VoiceSwitches } from '../voice/switches.ts';
import type { SimChannel } from '../world/channel.ts';
import type { SimGuild } from '../world/guild.ts';
import type { SimMember } from '../world/member.ts';
import type { World } from '../world/world.ts';

export interface FaultServices {
  readonly world: World;
  readonly voice: VoiceDirector;
  readonly sessions: VoiceSessions;
  readonly regions: Regions;
  readonly gateway: Gateway;
  readonly rest: RestServer;
  readonly switches: VoiceSwitches;
  readonly random: Prng;
}

/** How a moderator's act reaches the voice connection. */
export interface TransferOptions {
  /** Close code of the voice connection; 4014 by default. */
  readonly code?: number;
  /** Close it before the gateway tells of the change. */
  readonly closeFirst?: boolean;
}

/** Everything that can be made to go wrong. */
export class Faults {
  readonly #services: FaultServices;
  readonly #random: Prng;

  constructor(services: FaultServices) {
    this.#services = services;
    this.#random = services.random.fork('faults');
  }

  /**
   * Closes a client's voice connection with `code`. After 4015 and codes below 4000 it may resume, after all others
   * its session is over. Rejects nothing, but throws `no_voice_connection` when there is none.
   */
  closeVoice(userId: string, code: number): void {
    if (this.#services.sessions.close(userId, code) === 0) throw noConnection(userId);
  }

  /** Cuts a client's voice websocket without a close frame; it may resume. */
  resumeVoiceCut(userId: string): void {
    if (!this.#services.sessions.find(userId)) throw noConnection(userId);
    this.#services.sessions.cut(userId);
  }

  /** A moderator disconnects somebody. */
  kick(userId: string, options: TransferOptions = {}): void {
    for (const member of this.#inVoice(userId)) this.#services.voice.transfer(member, null, options);
  }

  /** A moderator moves somebody. */
  moveMember(userId: string, channel: SimChannel, options: TransferOptions = {}): void {
    for (const member of this.#inVoice(userId)) {
      if (member.guild === channel.guild) this.#services.voice.transfer(member, channel, options);
    }
  }

  /** Deletes a channel; who was in it is out of voice. */
  deleteChannel(channel: SimChannel, options: TransferOptions = {}): void {
    const { guild } = channel;
    if (!guild) return;
    channel.deleted = true;
    guild.channels.delete(channel.id);
    this.#services.world.emit({ type: 'channel_deleted', channel });
    for (const state of guild.inVoice(channel)) {
      const member = guild.members.get(state.userId);
      if (member) this.#services.voice.transfer(member, null, options);
    }
  }

  /** Moves a guild's calls to a new voice server, with a new endpoint. */
  async regionMove(guild: SimGuild, options: { readonly endpointNullFirst?: boolean } = {}): Promise<void> {
    await this.#services.regions.move(guild);
    this.#services.voice.relocate(guild, options);
  }

  /** Cuts all voice connections and takes none: the port refuses, or accepts and says nothing (`hang`). */
  async killVoiceServer(how: 'refuse' | 'hang' = 'refuse'): Promise<void> {
    await Promise.all(this.#services.regions.servers.map((server) => server.kill(how)));
  }

  async reviveVoiceServer(): Promise<void> {
    await Promise.all(this.#services.regions.servers.map((server) => server.revive()));
  }

  /** Swallows all datagrams, both ways, for `ms` milliseconds; 0 ends it. */
  udpBlackhole(ms: number): void {
    for (const server of this.#services.regions.servers) server.udp.blackhole(ms);
  }

  /**
   * Drops the main gateway's connection: `cut` without a word, `reconnect` by op 7, `invalid` by op 9.
   * Not resumable means the session is forgotten; `endVoice` ends its voice too, as Discord is said to do.
   */
  dropGateway(options: {
    readonly resumable: boolean;
    readonly how?: 'cut' | 'reconnect' | 'invalid';
    readonly endVoice?: boolean;
  }): void {
    const ids = [...this.#services.gateway.sessions.keys()];
    this.#services.gateway.drop(options);
    if (options.endVoice) for (const id of ids) this.#services.voice.endSession(id);
  }

  /** Closes the main gateway's connection with a code, 4004 or 4014 for instance. */
  closeGateway(code: number): void {
    this.#services.gateway.closeAll(code);
  }

  /** Milliseconds until the voice gateway answers an identify. */
  setHandshakeDelay(ms: number): void {
    this.#services.switches.handshakeDelayMs = ms;
  }

  /** Milliseconds each commit of the encryption group is held back. */
  setCommitDelay(ms: number): void {
    this.#services.switches.commitDelayMs = ms;
  }

  /** Turns end-to-end encryption off in a channel's call, or on again. */
  downgradeDave(channel: SimChannel, down = true): void {
    this.#services.voice.callOf(channel).dave.force(down);
  }

  /** Whether clients without end-to-end encryption are turned away (4017). */
  requireDave(on: boolean): void {
    this.#services.switches.daveRequired = on;
  }

  serverMute(userId: string, on: boolean): void {
    this.#change(userId, { mute: on });
  }

  serverDeafen(userId: string, on: boolean): void {
    this.#change(userId, { deaf: on });
  }

  /** Puts somebody on a stage into the audience, or on it. */
  suppress(userId: string, on: boolean): void {
    this.#change(userId, { suppress: on });
  }

  /** Answers the next fitting REST requests with an error. */
  rest(fault: RestFault): void {
    this.#services.rest.fail(fault);
  }

  /** Milliseconds every REST answer is held back. */
  setRestDelay(ms: number): void {
    this.#services.rest.setDelay(ms);
  }

  /**
   * Sends junk datagrams to a client (the bot by default): from the voice server, or from a socket of its own.
   * Every fifth pretends to be speech of somebody known. Resolves when they are sent.
   */
  async garbage(options: {
    readonly count: number;
    readonly foreignSocket?: boolean;
    readonly userId?: string;
  }): Promise<void> {
    const { count, foreignSocket = false, userId = this.#services.world.bot.id } = options;
    const session = this.#services.sessions.find(userId);
    if (!session?.address) throw noConnection(userId);
    const ssrcs = [...session.call.members.values()].filter((other) => other !== session).map(({ ssrc }) => ssrc);
    const datagrams = makeGarbage(count, ssrcs, this.#random);
    if (!foreignSocket) return session.sendGarbage(datagrams);
    const { port, address } = session.address;
    const socket = createSocket('udp4');
    for (const datagram of datagrams) {
      await new Promise((resolve) => {
        socket.send(datagram, port, address, resolve);
      });
    }
    await new Promise<void>((resolve) => {
      socket.close(resolve);
    });
  }

  /** What was sent by UDP to a client's present session, by kind. */
  datagramsTo(userId: string): Readonly<DatagramCounts> {
    const session = this.#services.sessions.find(userId);
    if (!session) throw noConnection(userId);
    return { ...session.sent };
  }

  #inVoice(userId: string): SimMember[] {
    return [...this.#services.world.guilds.values()].flatMap((guild) => {
      const member = guild.voiceStates.has(userId) ? guild.members.get(userId) : undefined;
      return member ? [member] : [];
    });
  }

  #change(userId: string, change: VoiceChange): void {
    for (const member of this.#inVoice(userId)) this.#services.voice.change(member, change);
  }
}

const noConnection = (userId: string): SimError =>
  new SimError('no_voice_connection', `User ${userId} has no voice connection.`);
