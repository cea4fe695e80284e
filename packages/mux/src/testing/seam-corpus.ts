import { OpusDecoder } from '../codec/index.ts';
import { SILENCE_20MS, silenceFill } from '../ogg/silence.ts';
import { SPURT_GAP_SAMPLES } from '../ogg/walk.ts';
import type { TalkPacket } from './seam-talk.ts';

/** Room above full scale while decoding, in dB, undone in the floats. */
const GAIN_DB = -6;
const UNGAIN = 10 ** (-GAIN_DB / 20) / 32_768;

/** Something to be decoded at a place: packets that follow each other, by the same decoder. */
const addDecoded = (target: Float32Array, at: number, pcm: Int16Array): number => {
  const samples = pcm.length / 2;
  for (let i = 0; i < samples && at + i < target.length; i += 1) {
    target[at + i] = (target[at + i] as number) + (pcm[2 * i] as number) * UNGAIN;
  }
  return at + samples;
};

/** The left channel of a stream of packets as libopus decodes it. */
export const decodeStream = (packets: Iterable<Uint8Array>, samples: number): Float32Array => {
  using decoder = new OpusDecoder({ gainDb: GAIN_DB });
  const out = new Float32Array(samples);
  let at = 0;
  for (const packet of packets) at = addDecoded(out, at, decoder.decode(packet));
  return out;
};

/**
 * What a mix of these people is to sound like (left channel): each talk-spurt decoded by a decoder of its own, everything added,
 * nothing limited, nothing encoded again.
 */
export const idealMix = (people: readonly (readonly TalkPacket[])[], samples: number): Float32Array => {
  const out = new Float32Array(samples);
  using decoder = new OpusDecoder({ gainDb: GAIN_DB });
  for (const packets of people) {
    let end = Number.NEGATIVE_INFINITY;
    for (const { position, data } of packets) {
      if (position - end >= SPURT_GAP_SAMPLES) {
        if (end > 0) addDecoded(out, end, decoder.decode(SILENCE_20MS));
        decoder.reset();
      } else {
        for (const fill of silenceFill(position - end)) end = addDecoded(out, end, decoder.decode(fill.packet));
      }
      end = addDecoded(out, position, decoder.decode(data));
    }
    if (end > 0) addDecoded(out, end, decoder.decode(SILENCE_20MS));
    decoder.reset();
  }
  return out;
};
