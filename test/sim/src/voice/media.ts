import type { SentPacket } from '../people/truth.ts';
import type { RtpPacket } from '../udp/rtp.ts';

/** What a datagram is, for counting. */
export type MediaKind = 'audio' | 'video' | 'rtcp' | 'padding';

/** A packet on its way through a call, before each receiver's transport encryption. */
export interface MediaPacket {
  readonly kind: MediaKind;
  readonly rtp: RtpPacket;
  /** The record of who sent it, where receivers note their copies; null for what is no person's audio. */
  readonly truth: SentPacket | null;
}
