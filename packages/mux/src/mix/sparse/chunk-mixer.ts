import { ENCODER_LOOKAHEAD, OpusEncoder } from '../../codec/opus-encoder.ts';
import { collectOld, collectYoung } from '../../collect-young.ts';
import { STEP_FRAMES } from '../../loudness/loudness-meter.ts';
import { limiterGains, SLOT, slotPeaks, writeLimited } from '../limiter.ts';
import { activeSpans, type Span } from './activity.ts';
import { CHUNK_SAMPLES, FRAME, type MixChunk, type MixedChunk, WARM_UP_FRAMES } from './chunk.ts';
import { type Heard, Listener } from './listener.ts';
import { PersonDecoder } from './person-decoder.ts';

/** Bits a second of the mix. */
const BITRATE = 96_000;
/** As much as ffmpeg's mix gets. 10 takes 1.7 times as long and is 0.3 dB closer to the input. */
const COMPLEXITY = 6;
/** Frames before a chunk whose PCM is made: warm-up, and one the limiter and the encoder's memory need. */
const LEAD_FRAMES = WARM_UP_FRAMES + 1;
/** Frames beyond the PCM whose activity decides whether a pause is bridged. */
const OUTLOOK_FRAMES = 5;
/** dBTP a listener may hear at most: a little below -1, for meters differ. */
const HEARD_LIMIT = 10 ** (-1.2 / 20);
/** Taken off a ceiling besides what was too much. */
const MARGIN = 10 ** (-0.3 / 20);
/** Slots (ms) to either side of an overshoot whose ceiling comes down. */
const AROUND_SLOTS = 3;
/** Chunks between two collections of what grew old. */
const COLLECT_EVERY = 10;
/** Times a span is encoded at most. */
const MAX_ATTEMPTS = 5;

/** A span as the encoder sees it, in frames of the chunk; frames before 0 only warm it up. */
interface Run extends Span {
  /** First frame that is encoded; before `from` packets are thrown away. */
  readonly start: number;
  /** Whether silence comes before `from`: the first packet then uses nothing of the ones before. */
  readonly afterSilence: boolean;
  /** Whether silence comes after `to`. */
  readonly ends: boolean;
}

const runsOf = (spans: readonly Span[], frames: number): Run[] =>
  spans
    .map(({ from, to }) => ({ from: from - LEAD_FRAMES - OUTLOOK_FRAMES, to: to - LEAD_FRAMES - OUTLOOK_FRAMES }))
    .filter(({ from, to }) => to > 0 && from < frames)
    .map(({ from, to }) => {
      const afterSilence = from >= -WARM_UP_FRAMES;
      const first = afterSilence ? from : -WARM_UP_FRAMES;
      return {
        from: first,
        start: afterSilence ? first - 1 : first,
        afterSilence,
        to: Math.min(to, frames),
        ends: to <= frames,
      };
    });

/**
 * Mixes chunks: decodes what is speech, adds it, keeps peaks below the ceiling, encodes what is not silent, and listens to it. A chunk's
 * result depends on nothing but the chunk.
 */
export class ChunkMixer implements Disposable {
  readonly #person = new PersonDecoder();
  readonly #encoder: OpusEncoder;
  readonly #listener = new Listener(HEARD_LIMIT);
  readonly #frame = new Int16Array(2 * FRAME);
  #mixed = 0;
  readonly #mix = new Float32Array(2 * FRAME * (LEAD_FRAMES + CHUNK_SAMPLES / FRAME + 1));

  /** @throws MuxError `codec_missing` */
  constructor() {
    this.#encoder = new OpusEncoder({ bitrate: BITRATE, complexity: COMPLEXITY });
  }

  mix(chunk: MixChunk): MixedChunk {
    const frames = (chunk.to - chunk.from) / FRAME;
    const badBefore = this.#person.badPackets;
    const first = -(LEAD_FRAMES + OUTLOOK_FRAMES) * FRAME;
    const spans = activeSpans(chunk.people, first, LEAD_FRAMES + frames + 2 * OUTLOOK_FRAMES + 1);
    const runs = runsOf(spans, frames);
    const packets = new Array<Uint8Array | null>(frames).fill(null);
    const powers = new Float64Array(Math.ceil((frames * FRAME) / STEP_FRAMES));
    let peak = 0;
    if (runs.length > 0) {
      const limited = new LimitedMix(this.#sum(chunk, frames), 10 ** (chunk.ceilingDb / 20));
      for (const run of runs) {
        const { made, heard } = this.#encodeRun(run, limited);
        const skipped = Math.max(0, -run.from);
        for (const [i, packet] of made.slice(skipped).entries()) packets[run.from + skipped + i] = packet;
        for (const [i, energy] of heard.energies.entries()) {
          const step = Math.floor(((run.from + skipped + i) * FRAME) / STEP_FRAMES);
          if (step < powers.length) powers[step] = (powers[step] as number) + energy / STEP_FRAMES;
        }
        peak = Math.max(peak, heard.peak);
        collectYoung();
      }
    }
    const encoded = packets.filter((packet) => packet !== null);
    this.#mixed += 1;
    if (this.#mixed % COLLECT_EVERY === 0) collectOld();
    else collectYoung();
    return {
      index: chunk.index,
      sizes: Uint16Array.from(packets, (packet) => packet?.length ?? 0),
      bytes: Buffer.concat(encoded),
      ...{ powers, peak, badPackets: this.#person.badPackets - badBefore },
    };
  }

  [Symbol.dispose](): void {
    this.#person[Symbol.dispose]();
    this.#encoder[Symbol.dispose]();
    this.#listener[Symbol.dispose]();
  }

  /** The encoder's input: everybody's PCM, 312 samples before its place on the tracks, for that is what the encoder adds. */
  #sum({ people }: MixChunk, frames: number): Float32Array {
    const mix = this.#mix.subarray(0, 2 * FRAME * (LEAD_FRAMES + frames + 1)).fill(0);
    const origin = ENCODER_LOOKAHEAD - LEAD_FRAMES * FRAME;
    for (const person of people) {
      this.#person.add(person, origin - WARM_UP_FRAMES * FRAME, origin, mix);
      collectYoung();
    }
    return mix;
  }

  /** Encodes a run and listens to it, with lower ceilings where it was too loud, until it is not. */
  #encodeRun(run: Run, limited: LimitedMix): { made: readonly Uint8Array[]; heard: Heard } {
    const warmUp = Math.max(0, -run.from);
    for (let attempt = 1; ; attempt += 1) {
      const made = this.#encode(run, limited);
      const heard = this.#listener.hear(made, warmUp, run.ends);
      if (heard.above.length === 0 || attempt === MAX_ATTEMPTS) return { made, heard };
      const origin = (LEAD_FRAMES + run.from + warmUp) * FRAME - ENCODER_LOOKAHEAD;
      for (const { sample, magnitude } of heard.above)
        limited.lower(origin + sample, (HEARD_LIMIT / magnitude) * MARGIN);
      limited.update();
    }
  }

  /** The packets of `[run.from, run.to)`. */
  #encode(run: Run, limited: LimitedMix): Uint8Array[] {
    this.#encoder.reset();
    const made: Uint8Array[] = [];
    for (let frame = run.start; frame < run.to; frame += 1) {
      limited.write((LEAD_FRAMES + frame) * FRAME, this.#frame);
      this.#encoder.setPredictionDisabled(run.afterSilence && frame === run.from);
      const packet = this.#encoder.encode(this.#frame);
      if (frame >= run.from) made.push(packet);
    }
    return made;
  }
}

/** The sum of a chunk with its ceilings, which can be lowered in places. */
class LimitedMix {
  readonly #pcm: Float32Array;
  readonly #peaks: Float32Array;
  readonly #ceilings: Float32Array;
  #gains: Float32Array | null;

  constructor(pcm: Float32Array, ceiling: number) {
    this.#pcm = pcm;
    this.#peaks = slotPeaks(pcm);
    this.#ceilings = new Float32Array(this.#peaks.length).fill(ceiling);
    this.#gains = limiterGains(this.#peaks, this.#ceilings);
  }

  /** Lowers the ceiling around a sample to `factor` of what is loudest there now; takes effect with `update`. */
  lower(sample: number, factor: number): void {
    const slot = Math.floor(sample / SLOT);
    const from = Math.max(0, slot - AROUND_SLOTS);
    const to = Math.min(this.#peaks.length - 1, slot + AROUND_SLOTS);
    let level = 0;
    for (let at = from; at <= to; at += 1) {
      level = Math.max(level, (this.#peaks[at] as number) * (this.#gains?.[at] ?? 1));
    }
    for (let at = from; at <= to; at += 1) {
      this.#ceilings[at] = Math.min(this.#ceilings[at] as number, level * factor);
    }
  }

  update(): void {
    this.#gains = limiterGains(this.#peaks, this.#ceilings);
  }

  /** Writes the frame that begins at this sample of the sum. */
  write(from: number, target: Int16Array): void {
    writeLimited(this.#pcm, this.#gains, from, target);
  }
}
