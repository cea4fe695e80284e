import { setImmediate } from 'node:timers/promises';
import { OpusDecoder } from '../codec/opus-decoder.ts';
import { collectYoung } from '../collect-young.ts';
import { PRE_SKIP } from '../ogg/opus-headers.ts';
import { readOpusFileSync } from '../ogg/read-opus.ts';
import { isSilencePacket } from '../ogg/silence.ts';
import { LevelLine } from './level-line.ts';

/** Pages between two looks at the event loop. */
const PAGES_A_TURN = 50;
/** After so many silence packets the decoder has rung out: what follows until somebody speaks is level 0. */
const SILENCE_ENOUGH = 3;

export interface TrackLevelsJob {
  /** A person's full-length track. */
  readonly path: string;
  readonly durationSamples: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Decodes a track once and keeps the peak of every 100 ms: one byte a point, whatever the track's length.
 * @throws MuxError `codec_missing`; the file system's error; the signal's reason
 */
export const trackLevels = async ({ path, durationSamples, signal }: TrackLevelsJob): Promise<Uint8Array> => {
  using decoder = new OpusDecoder({ channels: 2 });
  const line = new LevelLine(durationSamples);
  let silent = 0;
  let pages = 0;
  for (const event of readOpusFileSync(path)) {
    if (event.type !== 'page') continue;
    for (const { data, position } of event.packets) {
      silent = isSilencePacket(data) ? silent + 1 : 0;
      if (silent <= SILENCE_ENOUGH) line.take(decoder.decode(data), 2, position - PRE_SKIP);
    }
    pages += 1;
    if (pages % PAGES_A_TURN !== 0) continue;
    collectYoung();
    await setImmediate();
    signal?.throwIfAborted();
  }
  return line.levels();
};
