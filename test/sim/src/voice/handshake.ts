import type { WebSocket } from 'ws';
import { asNumber, asString, isObject, type JsonObject, parseJson } from '../core/json.ts';
import type { EncryptionMode } from '../udp/transport.ts';
import { isEncryptionMode, TransportKey } from '../udp/transport.ts';
import { VOICE_CLOSE, VOICE_OP } from './opcodes.ts';
import type { VoiceServer } from './server.ts';
import type { VoiceSession } from './session.ts';
import type { VoiceTicket } from './ticket.ts';

/** Discord's usual interval. */
const HEARTBEAT_INTERVAL_MS = 13_750;

export interface HandshakeHost {
  readonly modes: readonly EncryptionMode[];
  readonly handshakeDelayMs: () => number;
  readonly daveRequired: () => boolean;
  findTicket(token: string, sessionId: string, userId: string): VoiceTicket | null;
  /** The session a client may resume; null when it is over. */
  findSession(token: string, sessionId: string): VoiceSession | null;
  begin(ticket: VoiceTicket, maxDave: number, socket: WebSocket): VoiceSession;
  /** The session has its Ready: it joins its call. */
  joined(session: VoiceSession): void;
  daveVersion(session: VoiceSession): number;
  message(session: VoiceSession, op: number, data: JsonObject): void;
  binary(session: VoiceSession, op: number, payload: Buffer): void;
  /** The socket closed: `clean` when the client said goodbye. */
  gone(session: VoiceSession, clean: boolean): void;
}

/** Where one websocket stands in the handshake. */
type Stage =
  | { readonly name: 'hello' }
  | { readonly name: 'identified'; readonly session: VoiceSession }
  | { readonly name: 'open'; readonly session: VoiceSession };

/** Speaks the voice gateway's handshake on one websocket, then hands every message to the host. */
export class VoiceHandshake {
  readonly #socket: WebSocket;
  readonly #server: VoiceServer;
  readonly #host: HandshakeHost;
  #stage: Stage = { name: 'hello' };

  constructor(socket: WebSocket, server: VoiceServer, host: HandshakeHost) {
    this.#socket = socket;
    this.#server = server;
    this.#host = host;
    socket.on('message', (data: Buffer, isBinary) => {
      if (isBinary) this.#binary(data);
      else this.#text(data.toString('utf8'));
    });
    socket.on('close', (code) => {
      if (this.#stage.name === 'hello') return;
      if (this.#stage.session.socket === socket) host.gone(this.#stage.session, code === 1000 || code === 1001);
    });
    socket.send(JSON.stringify({ op: VOICE_OP.hello, d: { v: 8, heartbeat_interval: HEARTBEAT_INTERVAL_MS } }));
  }

  #text(text: string): void {
    const message = parseJson(text);
    if (!isObject(message)) {
      this.#socket.close(VOICE_CLOSE.decodeError, 'Failed to decode payload');
      return;
    }
    const op = asNumber(message.op) ?? -1;
    const data = isObject(message.d) ? message.d : {};
    if (op === VOICE_OP.heartbeat) {
      this.#socket.send(JSON.stringify({ op: VOICE_OP.heartbeatAck, d: { t: data.t } }));
      return;
    }
    const stage = this.#stage;
    if (op === VOICE_OP.identify) {
      if (stage.name !== 'hello') {
        this.#socket.close(VOICE_CLOSE.alreadyAuthenticated, 'Already authenticated');
        return;
      }
      this.#identify(data);
      return;
    }
    if (op === VOICE_OP.resume) {
      this.#resume(data);
      return;
    }
    if (stage.name === 'hello') {
      this.#socket.close(VOICE_CLOSE.notAuthenticated, 'Not authenticated');
      return;
    }
    if (op === VOICE_OP.selectProtocol) {
      this.#selectProtocol(stage.session, data);
      return;
    }
    this.#host.message(stage.session, op, data);
  }

  #binary(data: Buffer): void {
    const op = data[0];
    if (this.#stage.name !== 'open' || op === undefined) return;
    this.#host.binary(this.#stage.session, op, data.subarray(1));
  }

  #identify(data: JsonObject): void {
    const { token, session_id: sessionId, user_id: userId, server_id: serverId } = data;
    const ticket = this.#host.findTicket(asString(token) ?? '', asString(sessionId) ?? '', asString(userId) ?? '');
    if (!ticket || ticket.server !== this.#server) {
      this.#socket.close(VOICE_CLOSE.sessionInvalid, 'Session is no longer valid.');
      return;
    }
    if (ticket.guildId !== serverId) {
      this.#socket.close(VOICE_CLOSE.serverNotFound, 'Server not found.');
      return;
    }
    const maxDave = asNumber(data.max_dave_protocol_version) ?? 0;
    if (this.#host.daveRequired() && maxDave === 0) {
      this.#socket.close(VOICE_CLOSE.daveRequired, 'E2EE/DAVE protocol required');
      return;
    }
    const session = this.#host.begin(ticket, maxDave, this.#socket);
    this.#stage = { name: 'identified', session };
    const ready = (): void => {
      if (session.ended || session.socket !== this.#socket) return;
      const { modes } = this.#host;
      session.sendNow(VOICE_OP.ready, {
        ssrc: session.ssrc,
        ip: '127.0.0.1',
        port: this.#server.udp.port,
        modes,
        experiments: [],
        streams: [],
      });
      this.#host.joined(session);
    };
    const delay = this.#host.handshakeDelayMs();
    if (delay > 0) setTimeout(ready, delay).unref();
    else ready();
  }

  #selectProtocol(session: VoiceSession, data: JsonObject): void {
    const wanted = isObject(data.data) ? (asString(data.data.mode) ?? '') : '';
    if (data.protocol !== 'udp') {
      this.#socket.close(VOICE_CLOSE.unknownProtocol, 'Unknown protocol');
      return;
    }
    if (!isEncryptionMode(wanted) || !this.#host.modes.includes(wanted)) {
      this.#socket.close(VOICE_CLOSE.unknownEncryptionMode, 'Unknown encryption mode');
      return;
    }
    session.key = new TransportKey(wanted);
    this.#stage = { name: 'open', session };
    session.sendNow(VOICE_OP.sessionDescription, {
      mode: wanted,
      secret_key: [...session.key.key],
      dave_protocol_version: this.#host.daveVersion(session),
      audio_codec: 'opus',
      video_codec: 'H264',
      media_session_id: session.ticket.sessionId,
    });
  }

  #resume(data: JsonObject): void {
    const session = this.#host.findSession(asString(data.token) ?? '', asString(data.session_id) ?? '');
    if (!session || session.ticket.server !== this.#server) {
      this.#socket.close(VOICE_CLOSE.sessionInvalid, 'Session is no longer valid.');
      return;
    }
    session.socket?.terminate();
    this.#stage = { name: 'open', session };
    session.resume(this.#socket, asNumber(data.seq_ack) ?? -1, VOICE_OP.resumed);
  }
}
