import { setImmediate } from 'node:timers/promises';
import { ENCODER_LOOKAHEAD } from '../../codec/opus-encoder.ts';
import { collectOld, collectYoung } from '../../collect-young.ts';
import { STEP_FRAMES } from '../../loudness/loudness-meter.ts';
import { activeSpans } from './activity.ts';
import { CHUNK_SAMPLES, FRAME, type MixChunk, type MixedChunk, type PersonLevels, WARM_UP_FRAMES } from './chunk.ts';
import { LimitedMix } from './limited-mix.ts';
import { PersonDecoder } from './person-decoder.ts';
import { FIRST_LOOKED_AT, LEAD_FRAMES, OUTLOOK_FRAMES, runsOf } from './run.ts';
import { RunEncoder } from './run-encoder.ts';
import { SpeechSum } from './speech-sum.ts';

/** Chunks between two collections of what grew old. */
const COLLECT_EVERY = 30;
/** Granule (less the chunk's `from`) of the sum's first sample: the encoder adds 312 samples of its own before its output. */
const ORIGIN = ENCODER_LOOKAHEAD - LEAD_FRAMES * FRAME;

/**
 * Mixes chunks: decodes what is speech, adds it, keeps peaks below the ceiling, and encodes what is not silent. A chunk's packets
 * depend on nothing but the chunk. Between processes chunks and packets travel while others are worked on, so none works for long
 * without looking up.
 */
export class ChunkMixer implements Disposable {
  readonly #person: PersonDecoder;
  readonly #encoder: RunEncoder;
  readonly #sum = new SpeechSum(FRAME * (LEAD_FRAMES + CHUNK_SAMPLES / FRAME + 1));
  #mixed = 0;

  /** @throws MuxError `codec_missing` */
  constructor() {
    this.#person = new PersonDecoder();
    this.#encoder = new RunEncoder();
  }

  /** Lets the event loop run every few milliseconds. One chunk at a time. */
  async mix(chunk: MixChunk): Promise<MixedChunk> {
    const frames = (chunk.to - chunk.from) / FRAME;
    const badBefore = this.#person.badPackets;
    const spans = activeSpans(chunk.people, FIRST_LOOKED_AT, LEAD_FRAMES + frames + 2 * OUTLOOK_FRAMES + 1);
    const runs = runsOf(spans, frames);
    const sizes = new Uint16Array(frames);
    const bytes: Uint8Array[] = [];
    const powers = new Float64Array(Math.ceil((frames * FRAME) / STEP_FRAMES));
    let peak = 0;
    let levels: readonly PersonLevels[] = [];
    if (runs.length > 0) {
      levels = await this.#addUp(chunk, frames);
      const { samples, channels } = this.#sum.pcm();
      const limited = new LimitedMix(samples, channels, 10 ** (chunk.ceilingDb / 20));
      for (const run of runs) {
        const encoded = await this.#encoder.encode(run, limited);
        const first = Math.max(0, run.from);
        sizes.set(encoded.sizes, first);
        bytes.push(encoded.bytes);
        for (const [i, energy] of encoded.energies.entries()) {
          const step = Math.floor(((first + i) * FRAME) / STEP_FRAMES);
          powers[step] = (powers[step] as number) + energy / STEP_FRAMES;
        }
        peak = Math.max(peak, encoded.peak);
      }
    }
    this.#mixed += 1;
    if (this.#mixed % COLLECT_EVERY === 0) collectOld();
    else collectYoung();
    return {
      ...{ index: chunk.index, sizes, bytes: Buffer.concat(bytes) },
      ...{ levels, powers, peak, badPackets: this.#person.badPackets - badBefore },
    };
  }

  [Symbol.dispose](): void {
    this.#person[Symbol.dispose]();
    this.#encoder[Symbol.dispose]();
  }

  async #addUp({ people }: MixChunk, frames: number): Promise<PersonLevels[]> {
    this.#sum.begin(ORIGIN, FRAME * (LEAD_FRAMES + frames + 1));
    const stretch = { start: ORIGIN - WARM_UP_FRAMES * FRAME, samples: frames * FRAME };
    const levels: PersonLevels[] = [];
    for (const person of people) {
      levels.push(this.#person.add(person, stretch, this.#sum));
      await setImmediate();
    }
    return levels;
  }
}
