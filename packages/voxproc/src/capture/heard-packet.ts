import type { PlacingClock } from './continuity.ts';

/** One packet of a person as a capture sees it. */
export interface HeardPacket {
  /** 16 bits as sent. */
  readonly sequence: number;
  /** Unwrapped RTP timestamp in 48 kHz samples. */
  readonly rtp: number;
  /** CLOCK_MONOTONIC at the datagram callback, microseconds. */
  readonly arrivalUs: number;
  /** The Opus packet; null when it came and cannot be used. */
  readonly opus: Uint8Array | null;
  /** Duration by the TOC in 48 kHz samples; 0 when there is no usable packet. */
  readonly samples: number;
  /** Of the stream it belongs to. */
  readonly clock: PlacingClock;
  /** `silence`: the client says that its person has stopped. `quiet`: a packet of next to nothing within speech. */
  readonly kind: 'speech' | 'quiet' | 'silence';
}
