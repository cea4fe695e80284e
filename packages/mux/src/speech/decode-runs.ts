import { OpusDecoder } from '../codec/opus-decoder.ts';
import type { PlacedPacket } from '../mix/track-packets.ts';
import { PRE_SKIP } from '../ogg/opus-headers.ts';
import { GRID_SAMPLES, SILENCE_20MS, silenceFill } from '../ogg/silence.ts';
import { SPURT_GAP_SAMPLES } from '../ogg/walk.ts';

/** Decoded audio that follows on what was yielded before, or begins a talk-spurt (`startSample` is not null). */
export interface DecodedBlock {
  /** Sample of the recording's clock at which a new talk-spurt begins; null: the block goes on. */
  readonly startSample: number | null;
  /** 48 kHz mono. */
  readonly pcm: Int16Array;
}

/**
 * Decodes the packets of a person's track, each talk-spurt with a fresh decoder; the silence between talk-spurts is left out. Flat memory.
 * @throws MuxError `codec_missing`; whatever the packets throw
 */
export function* decodeRuns(packets: Iterable<PlacedPacket>): Generator<DecodedBlock, void, undefined> {
  using decoder = new OpusDecoder({ channels: 1 });
  let end: number | null = null;
  for (const { position, samples, data } of packets) {
    let startSample: number | null = null;
    if (end === null || position - end >= SPURT_GAP_SAMPLES) {
      // The codec's look-ahead sounds on behind the last packet.
      if (end !== null) yield { startSample: null, pcm: decoder.decode(SILENCE_20MS) };
      decoder.reset();
      // A packet's granule lies the pre-skip before the sample it begins with.
      startSample = position - PRE_SKIP;
    } else {
      const gap = Math.max(0, Math.floor((position - end) / GRID_SAMPLES)) * GRID_SAMPLES;
      for (const fill of silenceFill(gap)) yield { startSample: null, pcm: decoder.decode(fill.packet) };
    }
    yield { startSample, pcm: decoder.decode(data) };
    end = position + samples;
  }
  if (end !== null) yield { startSample: null, pcm: decoder.decode(SILENCE_20MS) };
}
