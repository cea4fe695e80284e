import { PRE_SKIP } from '../../ogg/opus-headers.ts';
import { LevelLine, POINT_SAMPLES } from '../../peaks/level-line.ts';
import { MIX_DECODER_GAIN_DB } from '../decoder-gain.ts';
import { SpurtDecoder } from '../spurt-decoder.ts';
import type { ChunkPerson, PersonLevels } from './chunk.ts';
import type { SpeechSum } from './speech-sum.ts';

/** A chunk begins 312 samples before the end of a point of the recording. */
const LINE_START = POINT_SAMPLES - PRE_SKIP;

/** What of a person is decoded, in granules less the chunk's `from`. */
export interface DecodedStretch {
  /** Packets before it are left out. */
  readonly start: number;
  /** Samples of the chunk: levels are those of `[0, samples)`. */
  readonly samples: number;
}

/** Where the point of the line ends that holds a granule, or the chunk does; its start for what comes before it. */
const borderAfter = (granule: number, samples: number): number => {
  if (granule < 0) return 0;
  if (granule >= samples) return Number.POSITIVE_INFINITY;
  return Math.min(samples, (Math.floor((LINE_START + granule) / POINT_SAMPLES) + 1) * POINT_SAMPLES - LINE_START);
};

/** Decodes one person's packets of a chunk after the other's and adds them to its sum. */
export class PersonDecoder implements Disposable {
  readonly #stereo = new SpurtDecoder(2);
  readonly #mono = new SpurtDecoder(1);

  get badPackets(): number {
    return this.#stereo.badPackets + this.#mono.badPackets;
  }

  /** @returns how loud the person is in the chunk */
  add(
    { source, positions, samples, sizes, bytes }: ChunkPerson,
    stretch: DecodedStretch,
    sum: SpeechSum,
  ): PersonLevels {
    const channels = isMono(sizes, bytes) ? 1 : 2;
    const decoder = channels === 1 ? this.#mono : this.#stereo;
    const line = new LevelLine(LINE_START + stretch.samples, MIX_DECODER_GAIN_DB);
    const take = (pcm: Int16Array, granule: number): void => {
      const length = pcm.length / channels;
      for (let at = 0; at < length; ) {
        const from = granule + at;
        const to = Math.min(length, at + borderAfter(from, stretch.samples) - from);
        const peak = sum.add(pcm, channels, granule, at, to);
        if (from >= 0 && from < stretch.samples) line.raise(Math.floor((LINE_START + from) / POINT_SAMPLES), peak);
        at = to;
      }
    };
    let offset = 0;
    for (let i = 0; i < positions.length; i += 1) {
      const position = positions[i] as number;
      const data = bytes.subarray(offset, offset + (sizes[i] as number));
      offset += data.length;
      if (position >= stretch.start) decoder.decode(data, position, samples[i] as number, take);
    }
    decoder.finish(take);
    return { source, points: line.levels() };
  }

  [Symbol.dispose](): void {
    this.#stereo[Symbol.dispose]();
    this.#mono[Symbol.dispose]();
  }
}

/** The TOC's bit that says stereo (RFC 6716 §3.1). */
const STEREO = 4;

/** Whether all packets are mono: then one channel is decoded, which costs less. */
const isMono = (sizes: Uint16Array, bytes: Uint8Array): boolean => {
  let offset = 0;
  for (const size of sizes) {
    if (((bytes[offset] as number) & STEREO) !== 0) return false;
    offset += size;
  }
  return true;
};
