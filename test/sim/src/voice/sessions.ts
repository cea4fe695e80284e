import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { asNumber, type JsonObject } from '../core/json.ts';
import { nowUs } from '../core/mono-clock.ts';
import type { Prng } from '../core/prng.ts';
import { SimError } from '../errors.ts';
import { decodeRtp, headerLength, OPUS_PAYLOAD_TYPE } from '../udp/rtp.ts';
import type { UdpAddress, UdpHooks } from '../udp/socket.ts';
import type { EncryptionMode } from '../udp/transport.ts';
import type { SimChannel } from '../world/channel.ts';
import type { SimMember } from '../world/member.ts';
import type { World } from '../world/world.ts';
import type { Call } from './call.ts';
import { type HandshakeHost, VoiceHandshake } from './handshake.ts';
import { VOICE_CLOSE, VOICE_OP } from './opcodes.ts';
import type { VoiceServer } from './server.ts';
import { VoiceSession } from './session.ts';
import type { VoiceSwitches } from './switches.ts';
import type { VoiceTicket } from './ticket.ts';

/** Milliseconds a session whose connection broke can be resumed. */
const RESUME_WINDOW_MS = 30_000;

export interface SessionsDeps {
  readonly world: World;
  readonly random: Prng;
  readonly modes: readonly EncryptionMode[];
  readonly switches: VoiceSwitches;
  readonly callOf: (channel: SimChannel) => Call;
}

/** All voice sessions of clients over the network, and the tickets they come with. */
export class VoiceSessions implements HandshakeHost {
  readonly #deps: SessionsDeps;
  /** Every token that was ever handed out. */
  readonly issuedTokens = new Set<string>();
  readonly #tickets = new Map<string, VoiceTicket>();
  readonly #sessions = new Set<VoiceSession>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #nextSsrc: number;
  #disposed = false;

  constructor(deps: SessionsDeps) {
    this.#deps = deps;
    this.#nextSsrc = deps.random.fork('ssrc').int(1_000, 400_000);
  }

  get modes(): readonly EncryptionMode[] {
    return this.#deps.modes;
  }

  get all(): Iterable<VoiceSession> {
    return this.#sessions;
  }

  handshakeDelayMs = (): number => this.#deps.switches.handshakeDelayMs;
  daveRequired = (): boolean => this.#deps.switches.daveRequired;

  /** SSRCs are small and rising per server, so they come again after a move. */
  assignSsrc(): number {
    this.#nextSsrc += 1;
    return this.#nextSsrc;
  }

  issue(member: SimMember, channel: SimChannel, sessionId: string, server: VoiceServer): VoiceTicket {
    const { guild, userId } = member;
    for (const [token, ticket] of this.#tickets) {
      if (ticket.userId === userId && ticket.guildId === guild.id) this.#tickets.delete(token);
    }
    const ticket: VoiceTicket = {
      token: randomUUID().replaceAll('-', '').slice(0, 16),
      guildId: guild.id,
      channelId: channel.id,
      userId,
      sessionId,
      server,
      voiceState: () => {
        const state = guild.voiceStates.get(userId);
        return state?.channelId === channel.id && state.sessionId === sessionId ? state : null;
      },
    };
    this.#tickets.set(ticket.token, ticket);
    this.issuedTokens.add(ticket.token);
    return ticket;
  }

  find(userId: string): VoiceSession | null {
    return [...this.#sessions].findLast((session) => session.userId === userId && !session.ended) ?? null;
  }

  /** Whether a user's session in a channel can send and receive. */
  isReady(userId: string, channelId: string): boolean {
    return [...this.#sessions].some(
      (session) => session.userId === userId && session.ticket.channelId === channelId && session.isReady,
    );
  }

  isConnected(userId: string, channelId: string): boolean {
    return [...this.#sessions].some(
      (session) =>
        session.userId === userId &&
        session.ticket.channelId === channelId &&
        !session.ended &&
        session.socket !== null,
    );
  }

  /** Closes a user's connection; what may not be resumed after `code` leaves the call. Returns how many were closed. */
  close(userId: string, code: number): number {
    return this.#closeWhere((session) => session.userId === userId, code);
  }

  /** Closes a user's connections of one guild; a client has one in each guild. */
  closeOthers(guildId: string, userId: string, keepChannelId: string | null, code: number): number {
    return this.#closeWhere((session) => isOther(session, guildId, userId, keepChannelId), code);
  }

  /** Closes in `ms` milliseconds what the client should have closed itself by then. */
  retire(guildId: string, userId: string, keepChannelId: string | null, ms: number): void {
    const old = [...this.#sessions].filter((session) => isOther(session, guildId, userId, keepChannelId));
    this.#later(ms, () => {
      for (const session of old) this.#end(session, VOICE_CLOSE.disconnected);
    });
  }

  /** Cuts the connection without a word; the session can be resumed. */
  cut(userId: string): void {
    this.find(userId)?.socket?.terminate();
  }

  accept(socket: WebSocket, server: VoiceServer): void {
    new VoiceHandshake(socket, server, this);
  }

  udpHooks(server: VoiceServer): UdpHooks {
    return {
      onDiscovery: (ssrc, from) => {
        const session = [...this.#sessions].find((one) => one.ssrc === ssrc && one.ticket.server === server);
        if (session) session.address = from;
        return session !== undefined;
      },
      onDatagram: (datagram, from) => this.#media(datagram, from),
    };
  }

  /** Nothing is scheduled any more, whatever closes afterwards. */
  dispose(): void {
    this.#disposed = true;
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
  }

  findTicket(token: string, sessionId: string, userId: string): VoiceTicket | null {
    const ticket = this.#tickets.get(token);
    return ticket?.sessionId === sessionId && ticket.userId === userId && ticket.voiceState() ? ticket : null;
  }

  findSession(token: string, sessionId: string): VoiceSession | null {
    for (const session of this.#sessions) {
      if (session.ticket.token === token && session.ticket.sessionId === sessionId && !session.ended) return session;
    }
    return null;
  }

  begin(ticket: VoiceTicket, maxDave: number, socket: WebSocket): VoiceSession {
    const { world, callOf } = this.#deps;
    const channel = world.channels.get(ticket.channelId);
    if (!channel) throw new Error('A ticket names a channel that exists.');
    for (const old of [...this.#sessions]) {
      if (old.userId === ticket.userId && old.ticket.guildId === ticket.guildId)
        this.#end(old, VOICE_CLOSE.sessionInvalid);
    }
    const session = new VoiceSession({
      ticket,
      ssrc: this.assignSsrc(),
      maxDave,
      call: callOf(channel),
      socket,
      udp: ticket.server.udp,
      notesTruth: ticket.userId === world.bot.id,
      now: nowUs,
    });
    this.#sessions.add(session);
    return session;
  }

  joined(session: VoiceSession): void {
    session.call.join(session);
  }

  daveVersion(session: VoiceSession): number {
    this.#deps.world.changes.notify();
    return session.call.dave.connect(session);
  }

  message(session: VoiceSession, op: number, data: JsonObject): void {
    if (op === VOICE_OP.speaking)
      session.call.speaking(session, asNumber(data.speaking) ?? Number(data.speaking === true));
    else if (op === VOICE_OP.daveTransitionReady) {
      session.call.dave.transitionReady(session, asNumber(data.transition_id) ?? 0);
    } else if (op === VOICE_OP.mlsInvalidCommitWelcome) session.call.dave.invalid(session);
  }

  binary(session: VoiceSession, op: number, payload: Buffer): void {
    try {
      if (op === VOICE_OP.mlsKeyPackage) session.call.dave.keyPackage(session, payload);
      else if (op === VOICE_OP.mlsCommitWelcome) session.call.dave.commit(session, payload);
    } catch (error) {
      if (!(error instanceof SimError)) throw error;
      this.#end(session, VOICE_CLOSE.decodeError);
    }
  }

  gone(session: VoiceSession, clean: boolean): void {
    session.detach();
    this.#deps.world.changes.notify();
    if (clean) {
      this.#end(session, null);
      return;
    }
    this.#later(RESUME_WINDOW_MS, () => {
      if (session.socket === null) this.#end(session, null);
    });
  }

  #closeWhere(isMeant: (session: VoiceSession) => boolean, code: number): number {
    const meant = [...this.#sessions].filter((session) => isMeant(session) && !session.ended);
    for (const session of meant) {
      if (code === VOICE_CLOSE.serverCrashed || code < 4_000) session.socket?.close(code);
      else this.#end(session, code);
    }
    return meant.length;
  }

  #end(session: VoiceSession, code: number | null): void {
    if (session.ended) return;
    session.ended = true;
    this.#sessions.delete(session);
    session.call.leave(session);
    if (code !== null) session.socket?.close(code);
    this.#deps.world.changes.notify();
  }

  #later(ms: number, run: () => void): void {
    if (this.#disposed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
  }

  #media(datagram: Buffer, from: UdpAddress): void {
    const size = headerLength(datagram);
    if (size === null) return;
    const session = [...this.#sessions].find(
      ({ address }) => address?.port === from.port && address.address === from.address,
    );
    const body = session?.key?.open(datagram, size);
    if (!session || !body) return;
    const rtp = decodeRtp(datagram.subarray(0, size), body);
    if (!rtp || rtp.ssrc !== session.ssrc || rtp.payloadType !== OPUS_PAYLOAD_TYPE) return;
    // A client's own extension is not passed on; receivers get what the server makes.
    const extension = { profile: 0xbede, data: Buffer.from([0x10, 0x80, 0, 0]) };
    session.call.relay(session, { kind: 'audio', rtp: { ...rtp, extension, padding: 0 }, truth: null });
  }
}

const isOther = (session: VoiceSession, guildId: string, userId: string, keepChannelId: string | null): boolean =>
  session.userId === userId && session.ticket.guildId === guildId && session.ticket.channelId !== keepChannelId;
