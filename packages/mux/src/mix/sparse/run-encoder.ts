import { setImmediate } from 'node:timers/promises';
import { ENCODER_LOOKAHEAD, OpusEncoder } from '../../codec/opus-encoder.ts';
import { KWeighting } from '../../loudness/k-weighting.ts';
import { FRAME } from './chunk.ts';
import type { LimitedMix } from './limited-mix.ts';
import { type Heard, Listener } from './listener.ts';
import { PacketList } from './packet-list.ts';
import { LEAD_FRAMES, type Run } from './run.ts';

/** Bits a second of the mix. */
const BITRATE = 96_000;
/**
 * By number of channels. Two get as much as ffmpeg's mix; 10 takes 1.7 times as long and is 0.3 dB closer to the input. One at 4 is as close
 * to the input as two that are alike at 6, in two thirds of the time.
 */
const COMPLEXITY = { 1: 4, 2: 6 } as const;
/** dBTP a listener may hear at most: a little below -1, for meters differ. */
const HEARD_LIMIT = 10 ** (-1.2 / 20);
/** Taken off a ceiling besides what was too much. */
const MARGIN = 10 ** (-0.3 / 20);
/** Times a run is encoded at most. */
const MAX_ATTEMPTS = 5;
/** Frames that are listened to together, or not. */
const PIECE_FRAMES = 50;
/** What the encoder makes of a peak is less than this louder, in dB: 2.7 was measured for speech that was limited, 1.7 for other speech. */
const MOST_ADDED = { limited: 10 ** (4 / 20), free: 10 ** (2 / 20) } as const;
/** Frames between two looks at the event loop: about 5 ms. */
const FRAMES_A_TURN = 100;
const FULL_SCALE = 32_768;

/** What became of a run, from frame 0 of the chunk on where it begins before. */
export interface EncodedRun {
  /** Bytes of each packet. */
  readonly sizes: readonly number[];
  /** The packets one after the other. */
  readonly bytes: Uint8Array;
  /** K-weighted energy of what each packet was made from, both channels added. */
  readonly energies: readonly number[];
  /** True peak, 1 = full scale; less where it cannot be the largest of all that was encoded so far. */
  readonly peak: number;
}

/** What one number of channels needs. */
interface Voice {
  readonly encoder: OpusEncoder;
  readonly frame: Int16Array;
}

const voiceOf = (channels: 1 | 2): Voice => ({
  encoder: new OpusEncoder({ channels, bitrate: BITRATE, complexity: COMPLEXITY[channels] }),
  frame: new Int16Array(channels * FRAME),
});

/**
 * Encodes runs, listens where they may be too loud or the loudest, and lowers ceilings until they are not too loud. What comes out
 * does not depend on the runs before.
 */
export class RunEncoder implements Disposable {
  readonly #voices = { 1: voiceOf(1), 2: voiceOf(2) } as const;
  readonly #listener = new Listener(HEARD_LIMIT);
  /** The packets of the run at hand, and the energies of what they were made from. */
  readonly #packets = new PacketList();
  readonly #energies: number[] = [];
  /** The loudest that was heard so far. */
  #loudest = 0;

  /** Lets the event loop run every few milliseconds. One run at a time. */
  async encode(run: Run, mix: LimitedMix): Promise<EncodedRun> {
    const warmUp = Math.max(0, -run.from);
    for (let attempt = 1; ; attempt += 1) {
      await this.#encode(run, mix);
      const { peak, above } = await this.#hear(run, mix);
      if (above.length === 0 || attempt === MAX_ATTEMPTS) {
        this.#loudest = Math.max(this.#loudest, peak);
        const [sizes, bytes] = [this.#packets.sizesFrom(warmUp), this.#packets.bytesFrom(warmUp)];
        return { sizes, bytes, energies: this.#energies.slice(warmUp), peak };
      }
      for (const { sample, magnitude } of above) mix.lower(sample, (HEARD_LIMIT / magnitude) * MARGIN);
      mix.update();
    }
  }

  [Symbol.dispose](): void {
    for (const { encoder } of Object.values(this.#voices)) encoder[Symbol.dispose]();
    this.#listener[Symbol.dispose]();
  }

  /** Makes the packets of `[run.from, run.to)`. */
  async #encode(run: Run, mix: LimitedMix): Promise<void> {
    const { channels } = mix;
    const { encoder, frame } = this.#voices[channels];
    const weightings = Array.from({ length: channels }, () => new KWeighting());
    this.#packets.clear();
    this.#energies.length = 0;
    encoder.reset();
    for (let at = run.start; at < run.to; at += 1) {
      if ((at - run.start) % FRAMES_A_TURN === FRAMES_A_TURN - 1) await setImmediate();
      mix.write(sampleOf(at), frame);
      encoder.setPredictionDisabled(run.afterSilence && at === run.from);
      const packet = encoder.encodeInPlace(frame);
      let energy = 0;
      for (const [channel, weighting] of weightings.entries()) {
        energy += weighting.energy(frame, channel, frame.length, channels);
      }
      if (at < run.from) continue;
      this.#packets.push(packet);
      this.#energies.push(((2 / channels) * energy) / FULL_SCALE ** 2);
    }
  }

  /** Listens to a run where that may tell something. */
  async #hear(run: Run, mix: LimitedMix): Promise<Heard> {
    const above: { sample: number; magnitude: number }[] = [];
    let peak = 0;
    for (let from = Math.max(0, run.from); from < run.to; from += PIECE_FRAMES) {
      const to = Math.min(from + PIECE_FRAMES, run.to);
      // A packet holds the end of the frame before, too.
      const written = mix.peak(sampleOf(from - 1), sampleOf(to + 1));
      const mayExceed = written * MOST_ADDED.limited > HEARD_LIMIT;
      const mayBeLoudest = written * MOST_ADDED.free > Math.max(this.#loudest, peak);
      if (!mayExceed && !mayBeLoudest) continue;
      const heard = this.#listener.hear({
        ...{ packets: this.#packets, channels: mix.channels, from: from - run.from, to: to - run.from },
        ...{ afterSilence: run.afterSilence, ends: run.ends },
      });
      await setImmediate();
      peak = Math.max(peak, heard.peak);
      const origin = sampleOf(from) - ENCODER_LOOKAHEAD;
      for (const { sample, magnitude } of heard.above) above.push({ sample: origin + sample, magnitude });
    }
    return { peak, above };
  }
}

/** The sample of the chunk's sum that a frame of the encoder's input begins with. */
const sampleOf = (frame: number): number => (LEAD_FRAMES + frame) * FRAME;
