import { opusPacketSamples } from './opus-packet.ts';

/** The grid of all positions in samples: 2.5 ms, the shortest Opus frame. */
export const GRID_SAMPLES = 120;

/** 20 ms of silence, as Discord's clients send it (CELT fullband, one frame). Shared: never write into it. */
export const SILENCE_20MS: Uint8Array = Uint8Array.of(0xf8, 0xff, 0xfe);

/** 2.5 ms of silence; measured to shift later audio by exactly 120 samples. Shared: never write into it. */
export const SILENCE_2_5MS: Uint8Array = Uint8Array.of(0xe0, 0xff, 0xfe);

export interface FillPacket {
  readonly packet: Uint8Array;
  readonly samples: number;
}

const fill20: FillPacket = { packet: SILENCE_20MS, samples: 960 };
const fill2_5: FillPacket = { packet: SILENCE_2_5MS, samples: GRID_SAMPLES };

/**
 * Silence of exactly `samples` in as few packets as possible: 20 ms ones first, the rest in 2.5 ms.
 * @throws RangeError when `samples` is negative or not a multiple of 120
 */
export function* silenceFill(samples: number): Generator<FillPacket, void, undefined> {
  if (samples < 0 || samples % GRID_SAMPLES !== 0) {
    throw new RangeError(`silenceFill: ${samples} samples is not a whole number of 2.5 ms steps`);
  }
  let left = samples;
  for (; left >= 960; left -= 960) {
    yield fill20;
  }
  for (; left > 0; left -= GRID_SAMPLES) {
    yield fill2_5;
  }
}

/** Whether the packet is one of the two silence packets. */
export const isSilencePacket = (packet: Uint8Array): boolean =>
  packet.length === 3 && packet[1] === 0xff && packet[2] === 0xfe && (packet[0] === 0xf8 || packet[0] === 0xe0);

/** Speech opens a segment and counts as speaking time: more than 3 bytes and not silence. */
export const isSpeechPacket = (packet: Uint8Array): boolean => packet.length > 3;

/** A packet of its TOC alone asks the decoder to conceal a loss (RFC 6716 §3.2.2, a frame of zero bytes). */
export const isConcealmentPacket = (packet: Uint8Array): boolean => packet.length === 1;

/** The first configuration of CELT: from here on there are frames of 2.5 ms, four lengths for each bandwidth (RFC 6716 §3.1, table 2). */
const FIRST_CELT = 16;

/**
 * What fills exactly `samples` in mid-speech after `previous`: concealment in 2.5 ms packets of its bandwidth, for silence would make the
 * decoder forget what it heard. SILK has no frames as short, and asked for others its decoders click: there it is silence.
 * @throws RangeError when `samples` is negative or not a multiple of 120
 */
export function* joinFill(previous: Uint8Array, samples: number): Generator<FillPacket, void, undefined> {
  const toc = previous[0] ?? 0;
  const config = toc >> 3;
  if (config < FIRST_CELT) {
    yield* silenceFill(samples);
    return;
  }
  const packet = Uint8Array.of(((config & ~3) << 3) | (toc & 4));
  for (const fill of silenceFill(samples)) {
    for (let left = fill.samples; left > 0; left -= GRID_SAMPLES) yield { packet, samples: GRID_SAMPLES };
  }
}

/**
 * The packet that conceals a loss after `previous`: its TOC with frame count code 0.
 * @returns the packet and its samples (one frame of the previous packet's configuration)
 */
export const concealmentAfter = (previous: Uint8Array): FillPacket => {
  const packet = Uint8Array.of((previous[0] ?? 0xf8) & 0xfc);
  return { packet, samples: opusPacketSamples(packet) as number };
};
