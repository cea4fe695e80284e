import type { DropReason } from '@parley/mux';

/** One packet of a person on its way through reordering and placement. */
export interface Arrived {
  /** 16 bits as sent; the reorder window replaces it by the extended number. */
  sequence: number;
  /** Unwrapped RTP timestamp in 48 kHz samples. */
  readonly rtp: number;
  /** CLOCK_MONOTONIC at the datagram callback, microseconds. */
  readonly arrivalUs: number;
  /** Arrival on the recording's clock, in samples with a fraction. */
  readonly arrival: number;
  /** The Opus packet; null when it was received but cannot be written. */
  readonly opus: Uint8Array | null;
  /** Duration by the TOC in samples; 0 when there is no usable packet. */
  readonly samples: number;
  /** Why it cannot be written; null when it can. */
  readonly unusable: DropReason | null;
  /** Whether it opens a segment and resets the silence timer. */
  readonly speech: boolean;
  /** Packets that are missing right before this one; set on release from the window. */
  lost: number;
  /** The sender's numbering began anew here: what was lost before it is unknown. */
  restart: boolean;
}
