import { nowUs } from '../core/mono-clock.ts';
import type { Prng } from '../core/prng.ts';
import type { Scheduler } from '../core/scheduler.ts';
import { OPUS_PAYLOAD_TYPE, type RtpExtension, type RtpPacket, VIDEO_PAYLOAD_TYPE } from '../udp/rtp.ts';
import type { MediaKind } from '../voice/media.ts';
import { type ExtensionStyle, NetworkLink, type NetworkModel } from './network-model.ts';
import { RtpClock } from './rtp-clock.ts';
import type { SentPacket } from './truth.ts';
import type { VoicePeer } from './voice-peer.ts';

const EXTENSIONS = {
  none: null,
  // Audio level (RFC 6464) under id 1, one word.
  discord: { profile: 0xbede, data: Buffer.from([0x10, 0x9e, 0, 0]) },
  empty: { profile: 0xbede, data: Buffer.alloc(0) },
  'three-words': { profile: 0xbede, data: Buffer.from([0x10, 0x9e, 0x92, 1, 2, 3, 0x31, 4, 5, 0, 0, 0]) },
  'two-byte': { profile: 0x1000, data: Buffer.from([1, 1, 0x9e, 0, 3, 2, 7, 8]) },
} as const satisfies Record<ExtensionStyle, RtpExtension | null>;

const RTCP_SENDER_REPORT = 0x48;
const VIDEO_SSRC_OFFSET = 1;

/** How a frame is made unlike what the product expects. */
export type Corruption = 'none' | 'undecryptable' | 'plaintext';

export interface MouthOptions {
  readonly peer: VoicePeer;
  readonly scheduler: Scheduler;
  readonly random: Prng;
  readonly network: NetworkModel;
  readonly corruption: () => Corruption;
  readonly record: (packet: SentPacket) => void;
}

/** One connection's sending side: sequence numbers, clock, encryption and the network the packets pass. */
export class Mouth {
  readonly clock: RtpClock;
  readonly #options: MouthOptions;
  readonly #link: NetworkLink;
  #sequence: number;

  constructor(options: MouthOptions) {
    this.#options = options;
    this.#link = new NetworkLink(options.random.fork('link'));
    const { network, random } = options;
    this.#sequence = network.startSequence ?? random.int(0, 0xffff);
    this.clock = new RtpClock(nowUs(), {
      startTimestamp: network.startTimestamp ?? random.int(0, 0xffff_ffff),
      driftPpm: network.driftPpm ?? 0,
      pauseClock: network.pauseClock ?? 'advance',
    });
  }

  /** Tells the call of speaking, as late as the network model says. */
  announce(speaking: 0 | 1, network: NetworkModel): void {
    const { peer, scheduler } = this.#options;
    const { speakingDelayMs = 0 } = network;
    if (speakingDelayMs === 'never') return;
    if (speakingDelayMs === 0) peer.call.speaking(peer, speaking);
    else scheduler.after(speakingDelayMs, () => peer.call.speaking(peer, speaking));
  }

  /** Sends one frame; `index` counts the frames of this speech. */
  send(
    opus: Buffer,
    frame: { tick: number; samples: number; index: number; silence: boolean },
    network: NetworkModel,
  ): SentPacket {
    const { peer } = this.#options;
    const sentUs = nowUs();
    const packet: SentPacket = {
      ssrc: peer.ssrc,
      sequence: this.#nextSequence(),
      timestamp: this.clock.timestamp(frame.tick),
      samples: frame.samples,
      sentUs,
      sentMs: Date.now(),
      opus,
      silence: frame.silence,
      encrypted: false,
      fate: 'relayed',
      copies: 0,
      toBot: [],
    };
    this.#options.record(packet);
    const payload = this.#protect(opus);
    if (payload === null) {
      packet.fate = 'not_encrypted';
      return packet;
    }
    packet.encrypted = payload !== opus;
    this.#transmit(packet, payload, this.#link.deliver(network, frame.index), network, sentUs);
    this.#extras(packet, frame.index, network, sentUs);
    return packet;
  }

  #nextSequence(): number {
    const sequence = this.#sequence;
    this.#sequence = (sequence + 1) & 0xffff;
    return sequence;
  }

  #protect(opus: Buffer): Buffer | null {
    const { peer, corruption } = this.#options;
    const kind = corruption();
    if (kind === 'plaintext') return opus;
    const frame = peer.dave.encrypt(opus);
    if (kind === 'none' || frame === null || frame === opus) return frame;
    // The trailer (tag, nonce, size, marker) stays what it was; the ciphertext before it is not.
    const spoiled = Buffer.from(frame);
    spoiled[0] = (spoiled[0] ?? 0) ^ 0xff;
    return spoiled;
  }

  #transmit(
    packet: SentPacket,
    payload: Buffer,
    delays: readonly number[],
    network: NetworkModel,
    sentUs: number,
  ): void {
    const rtp = this.#rtp(packet, payload, network);
    packet.copies = delays.length;
    if (delays.length === 0) packet.fate = 'lost';
    for (const delay of delays) this.#after(sentUs, delay, () => this.#relay('audio', rtp, packet));
  }

  #rtp(packet: SentPacket, payload: Buffer, network: NetworkModel): RtpPacket {
    const { csrcs = 0, extension = 'discord', paddingBytes = 0 } = network;
    return {
      payloadType: OPUS_PAYLOAD_TYPE,
      marker: false,
      sequence: packet.sequence,
      timestamp: packet.timestamp,
      ssrc: packet.ssrc,
      csrcs: Array.from({ length: csrcs }, (_, index) => 0xc5c0_0000 + index),
      extension: EXTENSIONS[extension],
      padding: paddingBytes,
      payload,
    };
  }

  /** What is mixed in between the frames: packets of padding alone, RTCP, video. */
  #extras(packet: SentPacket, index: number, network: NetworkModel, sentUs: number): void {
    const isDue = (every: number | undefined): boolean => every !== undefined && (index + 1) % every === 0;
    const base = this.#rtp(packet, Buffer.alloc(0), network);
    if (isDue(network.paddingOnlyEvery)) {
      const rtp = { ...base, sequence: this.#nextSequence(), padding: 24 };
      this.#after(sentUs, 0, () => this.#relay('padding', rtp, null));
    }
    if (isDue(network.rtcpEvery)) {
      const rtp = {
        ...base,
        marker: true,
        payloadType: RTCP_SENDER_REPORT,
        extension: null,
        payload: Buffer.alloc(20),
      };
      this.#after(sentUs, 0, () => this.#relay('rtcp', rtp, null));
    }
    if (isDue(network.videoEvery)) {
      const ssrc = packet.ssrc + VIDEO_SSRC_OFFSET;
      const rtp = { ...base, ssrc, payloadType: VIDEO_PAYLOAD_TYPE, payload: this.#options.random.bytes(200) };
      this.#after(sentUs, 0, () => this.#relay('video', rtp, null));
    }
  }

  #after(sentUs: number, delayUs: number, run: () => void): void {
    if (delayUs === 0) run();
    else this.#options.scheduler.at(sentUs + delayUs, run);
  }

  #relay(kind: MediaKind, rtp: RtpPacket, truth: SentPacket | null): void {
    const { peer } = this.#options;
    const isThere = peer.call.members.get(peer.userId) === peer;
    const isRelayed = isThere && peer.call.relay(peer, { kind, rtp, truth });
    if (!isRelayed && truth) truth.fate = isThere ? 'muted' : 'no_call';
  }
}
