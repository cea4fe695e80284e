import { type Loudness, loudnessOf } from '../../loudness/loudness-meter.ts';
import { SILENCE_20MS } from '../../ogg/silence.ts';
import { POINT_SAMPLES } from '../../peaks/level-line.ts';
import type { MixEngine, MixJob, MixReport } from '../mix-engine.ts';
import { FRAME, type MixedChunk, type PersonLevels } from './chunk.ts';
import { ChunkGatherer } from './gather-chunks.ts';
import { InOrder } from './in-order.ts';
import { ChildWorker } from './workers/child-worker.ts';
import type { ChunkWorker } from './workers/chunk-worker.ts';
import { LocalWorker } from './workers/local-worker.ts';

/** Another process is worth its start when it has so many samples to mix: two minutes. */
const SAMPLES_A_PROCESS = 120 * 48_000;

export interface SparseEngineOptions {
  /** Samples that make another process worth its start; 2 minutes by default. */
  readonly samplesAProcess?: number;
  /** What mixing processes run; another than Parley's own only in tests. */
  readonly processPath?: string;
}

/**
 * The mix in this process and helpers like it: speech is decoded, added, limited where it is too loud, and encoded; silence is neither.
 * The packets do not depend on the number of processes.
 */
export class SparseEngine implements MixEngine {
  readonly name = 'sparse';
  readonly #options: SparseEngineOptions;

  constructor(options: SparseEngineOptions = {}) {
    this.#options = options;
  }

  async mix(job: MixJob): Promise<MixReport> {
    job.signal?.throwIfAborted();
    using gatherer = new ChunkGatherer(job.sources, job.durationSamples, job.ceilingDb);
    await using workers = new Workers(job.jobs, gatherer.samples, this.#options);
    const out = new Output(job);
    const stopped = Promise.withResolvers<never>();
    const stop = (): void => {
      out.close();
      stopped.reject(job.signal?.reason);
    };
    job.signal?.addEventListener('abort', stop, { once: true });
    try {
      const line = new InOrder<MixedChunk>(workers.depth + 2, (mixed) => out.take(mixed));
      let index = 0;
      const work = async (worker: ChunkWorker): Promise<void> => {
        for (;;) {
          await line.mayStart(index);
          const chunk = out.closed ? null : gatherer.next();
          if (chunk === null) return;
          index = chunk.index + 1;
          // Silence is made faster than it is sent.
          const mixed = await (chunk.people.length === 0 ? workers.local : worker).mix(chunk);
          if (!out.closed) line.put(chunk.index, mixed);
        }
      };
      const lanes = workers.all.flatMap((worker) => Array.from({ length: worker.depth }, () => work(worker)));
      await Promise.race([Promise.all(lanes), stopped.promise]);
      return out.report();
    } finally {
      out.close();
      job.signal?.removeEventListener('abort', stop);
    }
  }
}

/** The processes of a mix: this one, and as many more as are wanted and worth it. */
class Workers implements AsyncDisposable {
  readonly local = new LocalWorker();
  readonly all: readonly ChunkWorker[];
  readonly depth: number;

  constructor(
    jobs: number,
    samples: number,
    { samplesAProcess = SAMPLES_A_PROCESS, processPath }: SparseEngineOptions,
  ) {
    const more = Math.max(0, Math.min(jobs, Math.floor(samples / samplesAProcess)) - 1);
    this.all = [this.local, ...Array.from({ length: more }, () => new ChildWorker(processPath))];
    this.depth = this.all.reduce((sum, worker) => sum + worker.depth, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.all.map((worker) => worker[Symbol.asyncDispose]()));
  }
}

/** Hands the packets of chunks on and adds up what is said of them. */
class Output {
  readonly #job: MixJob;
  readonly #powers: number[] = [];
  readonly #levels: readonly Uint8Array[];
  #peak = 0;
  #silent = 0;
  #encoded = 0;
  #badPackets = 0;
  #closed = false;

  constructor(job: MixJob) {
    this.#job = job;
    this.#levels = job.sources.map(() => new Uint8Array(Math.ceil(job.durationSamples / POINT_SAMPLES)));
  }

  /** Whether the mix is over, well or not: what is still on its way is of no use. */
  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
  }

  take({ sizes, bytes, levels, powers, peak, badPackets }: MixedChunk): void {
    this.#takeLevels(levels);
    let offset = 0;
    for (const size of sizes) {
      this.#job.sink(size === 0 ? SILENCE_20MS : bytes.subarray(offset, offset + size), FRAME);
      offset += size;
      if (size === 0) this.#silent += FRAME;
      else this.#encoded += FRAME;
    }
    this.#powers.push(...powers);
    this.#peak = Math.max(this.#peak, peak);
    this.#badPackets += badPackets;
    this.#job.onSamples?.(this.#silent + this.#encoded);
  }

  report(): MixReport {
    const [silent, encoded] = [this.#silent, this.#encoded];
    const loudness: Loudness = loudnessOf(this.#powers, this.#peak);
    const made = { silent, encoded, copied: 0 };
    return { samples: silent + encoded, loudness, levels: this.#levels, made, badPackets: this.#badPackets };
  }

  #takeLevels(people: readonly PersonLevels[]): void {
    const start = (this.#silent + this.#encoded) / POINT_SAMPLES - 1;
    for (const { source, points } of people) {
      const line = this.#levels[source] as Uint8Array;
      for (const [i, level] of points.entries()) {
        const point = start + i;
        if (point >= 0 && point < line.length && level > (line[point] as number)) line[point] = level;
      }
    }
  }
}
