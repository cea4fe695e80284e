import type { DropReason } from '@parley/mux';

/** One decrypted Opus packet, attributed to a person. */
export interface MediaPacket {
  readonly userId: string;
  readonly ssrc: number;
  /** RTP sequence number as sent, 16 bits. */
  readonly sequence: number;
  /** RTP timestamp as sent, 32 bits at 48 kHz (RFC 7587 §4.1). */
  readonly timestamp: number;
  /** CLOCK_MONOTONIC at the datagram callback, microseconds. */
  readonly arrivalUs: number;
  /** The Opus packet. Nobody writes into it any more, so everybody who is handed it may keep it. */
  readonly opus: Uint8Array;
}

/** A packet that was received and attributed but cannot be used. Its place on the person's RTP clock is known all the same. */
export interface DroppedPacket {
  readonly userId: string;
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  readonly arrivalUs: number;
  readonly reason: DropReason;
}

/**
 * Where received packets go. A packet source calls `packet` or `dropped` exactly once for every RTP v2, payload type 0x78 datagram of
 * the voice server that it can attribute to a person who may be recorded; the other counts are for the rest. Calls are synchronous, in
 * order of arrival except for held packets, which are replayed with the arrival they had.
 */
export interface PacketSink {
  packet(packet: MediaPacket): void;
  dropped(packet: DroppedPacket): void;
  /** Packets of an SSRC nobody was named for within the hold. */
  unattributed(count: number): void;
  /** Datagrams that did not come from the voice server. */
  foreign(count: number): void;
  /** Packets of bots and of the bot itself: never decrypted. */
  bot(count: number): void;
  /** Packets of people who opted out: never decrypted, one count for the session, no id. */
  optedOut(count: number): void;
}
