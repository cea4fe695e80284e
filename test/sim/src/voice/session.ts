import type { WebSocket } from 'ws';
import type { Prng } from '../core/prng.ts';
import type { RtpParts } from '../udp/rtp.ts';
import type { UdpAddress, UdpSocket } from '../udp/socket.ts';
import type { TransportKey } from '../udp/transport.ts';
import type { VoiceState } from '../world/voice-state.ts';
import type { Call } from './call.ts';
import type { CallMember } from './call-member.ts';
import type { MediaKind, MediaPacket } from './media.ts';
import { isSequenced } from './opcodes.ts';
import type { VoiceTicket } from './ticket.ts';

/** Messages kept for a resume. */
const BUFFER_LIMIT = 1_000;

/** What was sent to one client by UDP, by kind. */
export type DatagramCounts = Record<MediaKind | 'garbage', number>;

/**
 * A client's voice session. It outlives its websocket: a client whose connection was cut resumes it
 * and gets what it missed, in order (reference: "Buffered Resume").
 */
export class VoiceSession implements CallMember {
  readonly ticket: VoiceTicket;
  readonly ssrc: number;
  readonly maxDave: number;
  readonly call: Call;
  readonly sent: DatagramCounts = { audio: 0, video: 0, rtcp: 0, padding: 0, garbage: 0 };
  /** Where the client's datagrams come from; null before discovery. */
  address: UdpAddress | null = null;
  key: TransportKey | null = null;
  /** Set when the session is over for good. */
  ended = false;
  readonly #udp: UdpSocket;
  readonly #notesTruth: boolean;
  readonly #now: () => number;
  #socket: WebSocket | null;
  #sequence = 0;
  readonly #buffer: { readonly sequence: number; readonly data: string | Buffer }[] = [];

  constructor(values: {
    ticket: VoiceTicket;
    ssrc: number;
    maxDave: number;
    call: Call;
    socket: WebSocket;
    udp: UdpSocket;
    /** Whether copies sent to this client are written into the truth: true for the bot. */
    notesTruth: boolean;
    now: () => number;
  }) {
    this.ticket = values.ticket;
    this.ssrc = values.ssrc;
    this.maxDave = values.maxDave;
    this.call = values.call;
    this.#socket = values.socket;
    this.#udp = values.udp;
    this.#notesTruth = values.notesTruth;
    this.#now = values.now;
  }

  get userId(): string {
    return this.ticket.userId;
  }

  get socket(): WebSocket | null {
    return this.#socket;
  }

  /** Joined for good: keys agreed, datagrams can flow. */
  get isReady(): boolean {
    return this.key !== null && this.address !== null && !this.ended;
  }

  voiceState(): VoiceState | null {
    return this.ticket.voiceState();
  }

  /** Sends a message that is not part of the replayed sequence, on the present socket only. */
  sendNow(op: number, data: object): void {
    this.#socket?.send(JSON.stringify({ op, d: data }));
  }

  sendOp(op: number, data: object): void {
    if (!isSequenced(op)) {
      this.sendNow(op, data);
      return;
    }
    const sequence = this.#next();
    this.#keep(sequence, JSON.stringify({ op, d: data, seq: sequence }));
  }

  sendBinary(op: number, payload: Buffer): void {
    const sequence = this.#next();
    const head = Buffer.alloc(3);
    head.writeUInt16BE(sequence & 0xffff, 0);
    head[2] = op;
    this.#keep(sequence, Buffer.concat([head, payload]));
  }

  sendMedia(packet: MediaPacket, parts: RtpParts): void {
    if (!this.isReady || !this.key || !this.address) return;
    if (!this.#udp.send(this.key.seal(parts.header, parts.body), this.address)) return;
    this.sent[packet.kind] += 1;
    if (this.#notesTruth) packet.truth?.toBot.push(this.#now());
  }

  /** Sends `count` datagrams of nonsense from the voice server's own address. */
  sendGarbage(datagrams: readonly Buffer[]): void {
    if (!this.address) return;
    for (const datagram of datagrams) if (this.#udp.send(datagram, this.address)) this.sent.garbage += 1;
  }

  detach(): void {
    this.#socket = null;
  }

  /** Takes a new socket and sends again what the client has not acknowledged. */
  resume(socket: WebSocket, acknowledged: number, resumedOp: number): void {
    this.#socket = socket;
    this.sendNow(resumedOp, {});
    for (const { sequence, data } of this.#buffer) if (sequence > acknowledged) socket.send(data);
  }

  #next(): number {
    this.#sequence += 1;
    return this.#sequence;
  }

  #keep(sequence: number, data: string | Buffer): void {
    this.#buffer.push({ sequence, data });
    if (this.#buffer.length > BUFFER_LIMIT) this.#buffer.shift();
    this.#socket?.send(data);
  }
}

/** Datagrams no client should choke on: random bytes, cut-off RTP, a known SSRC under a wrong tag, RTCP, tiny ones. */
export const makeGarbage = (count: number, ssrcs: readonly number[], random: Prng): Buffer[] =>
  Array.from({ length: count }, (_, index) => {
    const ssrc = ssrcs[index % Math.max(1, ssrcs.length)] ?? 1;
    const body = random.bytes(random.int(20, 160));
    switch (index % 5) {
      case 0: {
        const header = Buffer.from([0x90, 0x78, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xbe, 0xde, 0, 1]);
        header.writeUInt16BE(random.int(0, 0xffff), 2);
        header.writeUInt32BE(ssrc, 8);
        return Buffer.concat([header, body]);
      }
      case 1:
        return body;
      case 2: {
        const short = Buffer.from([0x80, 0x78, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0]);
        short.writeUInt32BE(ssrc, 8);
        return short;
      }
      case 3:
        return Buffer.concat([Buffer.from([0x81, 0xc8, 0, 6]), random.bytes(24)]);
      default:
        return random.bytes(random.int(1, 8));
    }
  });
