import { setImmediate } from 'node:timers/promises';
import { collectYoung } from '../collect-young.ts';
import { MIX_DECODER_GAIN_DB } from '../mix/decoder-gain.ts';
import { SpurtDecoder } from '../mix/spurt-decoder.ts';
import { trackPackets } from '../mix/track-packets.ts';
import { PRE_SKIP } from '../ogg/opus-headers.ts';
import { LevelLine } from './level-line.ts';

/** Packets between two looks at the event loop. */
const PACKETS_A_TURN = 2500;

export interface TrackLevelsJob {
  /** A person's full-length track. */
  readonly path: string;
  readonly durationSamples: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Decodes a track once, as a mix does, and keeps the peak of every 100 ms: one byte a point, whatever the track's length.
 * @throws MuxError `codec_missing`; the file system's error; the signal's reason
 */
export const trackLevels = async ({ path, durationSamples, signal }: TrackLevelsJob): Promise<Uint8Array> => {
  using decoder = new SpurtDecoder(2);
  const line = new LevelLine(durationSamples, MIX_DECODER_GAIN_DB);
  const take = (pcm: Int16Array, granule: number): void => line.take(pcm, 2, granule - PRE_SKIP);
  let packets = 0;
  for (const { data, position, samples } of trackPackets(path)) {
    decoder.decode(data, position, samples, take);
    packets += 1;
    if (packets % PACKETS_A_TURN !== 0) continue;
    collectYoung();
    await setImmediate();
    signal?.throwIfAborted();
  }
  decoder.finish(take);
  return line.levels();
};
