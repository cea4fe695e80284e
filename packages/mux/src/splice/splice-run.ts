import { setImmediate } from 'node:timers/promises';
import { collectYoung } from '../collect-young.ts';
import type { MixJob, MixReport } from '../mix/mix-engine.ts';
import { MuxError } from '../mux-error.ts';
import { PRE_SKIP } from '../ogg/opus-headers.ts';
import { Emission } from './emission.ts';
import { HEARD_PACKETS, handOver, TESTED_PACKETS, type Wanted, wantedAt } from './hand-over.ts';
import { MixedPcm } from './mixed-pcm.ts';
import type { PacketWindow } from './packet-window.ts';
import { PersonDecoder } from './person-decoder.ts';
import { type CopyItem, type SpanItem, type SpliceItem, spanFrames } from './plan/plan-splice.ts';
import { celtRules, FRAME_SAMPLES, type SpliceRules } from './plan/rules.ts';
import { SeamCheck } from './seam-check.ts';
import { SpanEncoder } from './span-encoder.ts';

/** Where the mix changes from one kind to another, as it was made. */
export interface Seam {
  readonly at: number;
  readonly from: SpliceItem['kind'] | 'silence';
  readonly to: SpliceItem['kind'] | 'silence';
  /** Error of the first copied packets in dB relative to the speech around; null where nothing is copied. */
  readonly errorDb: number | null;
}

export type SpliceJob = Pick<MixJob, 'durationSamples' | 'sink' | 'ceilingDb' | 'signal' | 'onSamples'> & {
  readonly rules?: SpliceRules;
  readonly onSeam?: (seam: Seam) => void;
};

export interface SpliceReport extends Pick<MixReport, 'samples' | 'made' | 'badPackets'> {
  /** Hand-overs to copies that were listened to, and those among them that can be heard. */
  readonly seams: { readonly tested: number; readonly rough: number };
}

/** Behind the mix's end this much of every track stays in memory: warm-up of the encoder and of the decoders before it. */
const REMEMBERED_SAMPLES = 30 * FRAME_SAMPLES;
/** Frames between two looks at the event loop. */
const FRAMES_A_TURN = 1000;
/** A seam with more error than this, relative to the speech around, can be heard. */
const ROUGH_DB = -20;
/** Of so many seams one is listened to again in what really went out. */
const AUDIT_EVERY = 100;
/** Frames before a copy that get more bits. */
const SEAM_FRAMES = 3;

/** Carries out a plan on the people's packets. */
export class SpliceRun implements Disposable {
  readonly #job: SpliceJob;
  readonly #rules: SpliceRules;
  readonly #resources = new DisposableStack();
  readonly #windows: readonly PacketWindow[];
  readonly #decoders: readonly PersonDecoder[];
  readonly #mix: MixedPcm;
  readonly #encoder: SpanEncoder;
  readonly #check: SeamCheck;
  readonly #out: Emission;
  #framesSinceTurn = 0;
  readonly #seams = { taken: 0, tested: 0, rough: 0 };
  #audit: Wanted | null = null;

  /** @param windows one for each person, in the order of the plan; they are disposed with the run */
  constructor(windows: readonly PacketWindow[], job: SpliceJob) {
    this.#job = job;
    this.#rules = job.rules ?? celtRules;
    this.#windows = windows.map((window) => this.#resources.use(window));
    this.#decoders = windows.map((window) => this.#resources.use(new PersonDecoder(window)));
    this.#mix = new MixedPcm(this.#decoders);
    this.#encoder = this.#resources.use(new SpanEncoder(this.#mix, job.ceilingDb));
    this.#check = this.#resources.use(new SeamCheck(TESTED_PACKETS));
    this.#out = new Emission(job.durationSamples + PRE_SKIP, HEARD_PACKETS, job.sink);
  }

  /** Makes the whole mix. @throws what the job's `sink` throws, the file system's error, the signal's reason */
  async run(items: readonly SpliceItem[]): Promise<SpliceReport> {
    for (const [i, item] of items.entries()) {
      if (this.#out.done) break;
      await this.#silenceTo(item.from);
      if (item.kind === 'span') await this.#span(item, items[i + 1]);
      else await this.#copy(item);
    }
    await this.#silenceTo(Math.ceil((this.#job.durationSamples + PRE_SKIP) / 120) * 120);
    this.#job.onSamples?.(this.#job.durationSamples);
    const badPackets = this.#decoders.reduce((sum, decoder) => sum + decoder.badPackets, 0);
    const { tested, rough } = this.#seams;
    return { samples: this.#out.position, made: this.#out.made, badPackets, seams: { tested, rough } };
  }

  [Symbol.dispose](): void {
    this.#resources.dispose();
  }

  async #silenceTo(granule: number): Promise<void> {
    // In pieces: hours of silence are no reason to be deaf for the signal.
    while (this.#out.position < granule && !this.#out.done) {
      this.#out.silenceTo(Math.min(granule, this.#out.position + FRAMES_A_TURN * FRAME_SAMPLES));
      await this.#turn(FRAMES_A_TURN);
    }
  }

  async #span(span: SpanItem, next: SpliceItem | undefined): Promise<void> {
    this.#tell({ at: span.from, from: span.before, to: 'span', errorDb: null });
    this.#encoder.begin(span);
    let made = 0;
    for (const samples of spanFrames(span)) {
      const toSeam = span.to - this.#encoder.position;
      const atSeam = made === 0 || (span.after === 'copy' && toSeam <= SEAM_FRAMES * FRAME_SAMPLES);
      this.#out.push(this.#encoder.next(samples, atSeam), samples, 'encoded');
      made += 1;
      await this.#turn(1);
    }
    if (next?.kind !== 'copy' || span.after !== 'copy') {
      this.#tell({ at: span.to, from: 'span', to: 'silence', errorDb: null });
      return;
    }
    const window = this.#windows[next.person] as PacketWindow;
    const tools = { mix: this.#mix, encoder: this.#encoder, check: this.#check, rules: this.#rules };
    // Each span begins with a frame that uses nothing of what was before, so nothing before it matters.
    const recent = this.#out.recent.slice(-made);
    const { extension, errorDb } = handOver(span, next, window, recent, tools);
    for (const { packet, samples } of extension) this.#out.push(packet, samples, 'encoded');
    const seam = this.#out.position;
    if (this.#seams.taken % AUDIT_EVERY === 0) {
      const { pcm, around } = wantedAt(this.#mix, span, seam);
      this.#audit = { seam, pcm: pcm.slice(), around: around.slice() };
    }
    this.#count(errorDb);
    this.#seams.taken += 1;
    this.#tell({ at: seam, from: 'span', to: 'copy', errorDb });
  }

  async #copy(item: CopyItem): Promise<void> {
    const window = this.#windows[item.person] as PacketWindow;
    // The hand-over may have taken the first ones.
    const taken = (this.#out.position - item.from) / FRAME_SAMPLES;
    for (let i = taken; i < item.count && !this.#out.done; i += 1) {
      const packet = window.at(item.first + i);
      if (packet === undefined || packet.position !== this.#out.position) {
        const which = `packet ${item.first + i} of person ${item.person}`;
        throw new MuxError('mixer_failed', `A track changed while it was mixed: ${which} is not where it was.`);
      }
      this.#out.push(packet.data, packet.samples, 'copied');
      if (this.#audit !== null) this.#hearAgain(this.#audit);
      await this.#turn(1);
    }
  }

  /** Listens to the packets that really went out, once those after the seam have: whatever the seam was thought to sound like. */
  #hearAgain({ seam, pcm, around }: Wanted): void {
    if (this.#out.position < seam + TESTED_PACKETS * FRAME_SAMPLES) return;
    const { recent } = this.#out;
    const copies = recent.slice(-TESTED_PACKETS).map(({ packet }) => packet);
    this.#count(this.#check.errorDb(recent.slice(0, -TESTED_PACKETS), copies, pcm, around));
    this.#audit = null;
  }

  #count(errorDb: number): void {
    this.#seams.tested += 1;
    if (errorDb > ROUGH_DB) this.#seams.rough += 1;
  }

  #tell(seam: Seam): void {
    this.#job.onSeam?.(seam);
  }

  async #turn(frames: number): Promise<void> {
    this.#framesSinceTurn += frames;
    if (this.#framesSinceTurn < FRAMES_A_TURN) return;
    this.#framesSinceTurn = 0;
    for (const window of this.#windows) window.forget(this.#out.position - REMEMBERED_SAMPLES);
    this.#job.onSamples?.(Math.min(this.#out.position, this.#job.durationSamples));
    collectYoung();
    await setImmediate();
    this.#job.signal?.throwIfAborted();
  }
}
