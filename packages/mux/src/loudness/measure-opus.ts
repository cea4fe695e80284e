import { setImmediate } from 'node:timers/promises';
import { OpusDecoder } from '../codec/opus-decoder.ts';
import { collectYoung } from '../collect-young.ts';
import { FLOAT_OF_DECODED, MIX_DECODER_GAIN_DB } from '../mix/decoder-gain.ts';
import { readOpusFileSync } from '../ogg/read-opus.ts';
import { isSilencePacket } from '../ogg/silence.ts';
import { type Loudness, LoudnessMeter } from './loudness-meter.ts';

export interface MeasureOpusJob {
  readonly path: string;
  readonly signal?: AbortSignal | undefined;
  /** Told how many samples (48 kHz) were measured so far. */
  readonly onSamples?: (samples: number) => void;
}

/** Pages between two looks at the event loop. */
const PAGES_A_TURN = 10;
/** After so many silence packets the decoder has rung out, and decoding another tells nothing. */
const SILENCE_ENOUGH = 3;

/**
 * Decodes an Ogg Opus file with libopus in this process and measures what comes out, output gain left aside. Pre-skip and trimmed end
 * are measured too: they are quieter than the rest.
 * @throws MuxError `codec_missing`; the file system's error; the signal's reason
 */
export const measureOpusFile = async ({ path, signal, onSamples }: MeasureOpusJob): Promise<Loudness> => {
  using decoder = new OpusDecoder({ gainDb: MIX_DECODER_GAIN_DB });
  const meter = new LoudnessMeter();
  let silent = 0;
  let pages = 0;
  for (const event of readOpusFileSync(path)) {
    if (event.type !== 'page') continue;
    for (const { data, samples } of event.packets) {
      silent = isSilencePacket(data) ? silent + 1 : 0;
      if (silent > SILENCE_ENOUGH) {
        meter.take(new Float32Array(2 * samples));
        continue;
      }
      meter.take(decoder.decodeInPlace(data), FLOAT_OF_DECODED);
    }
    pages += 1;
    if (pages % PAGES_A_TURN !== 0) continue;
    onSamples?.(meter.frames);
    collectYoung();
    await setImmediate();
    signal?.throwIfAborted();
  }
  return meter.result();
};
