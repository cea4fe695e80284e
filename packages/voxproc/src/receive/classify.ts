import { type DropReason, isSpeechPacket, opusPacketSamples } from '@parley/mux';

/** Longest packet that is written, in bytes: what one Opus frame may have (RFC 6716 §3.2.1); Discord sends one frame a packet. */
export const MAX_PACKET_BYTES = 1275;

/** What a decrypted payload is: its duration and whether it is speech, or why it cannot be written. */
export type PacketClass =
  | { readonly unusable: null; readonly samples: number; readonly speech: boolean }
  | { readonly unusable: DropReason; readonly samples: 0; readonly speech: false };

const refused = (unusable: DropReason): PacketClass => ({ unusable, samples: 0, speech: false });

const empty = refused('empty');
const oversized = refused('oversized');
const malformed = refused('malformed');

/** Sorts one decrypted payload by its length and TOC (RFC 6716 §3). */
export const classifyPacket = (opus: Uint8Array): PacketClass => {
  if (opus.length === 0) return empty;
  if (opus.length > MAX_PACKET_BYTES) return oversized;
  const samples = opusPacketSamples(opus);
  return samples === null ? malformed : { unusable: null, samples, speech: isSpeechPacket(opus) };
};
