import type { Clock } from '@parley/protocol';
import type { Logger } from '../log.ts';
import type { Background } from '../vox/background.ts';
import type { MuxJob } from './mux-job.ts';
import type { MuxEnd, MuxProgress, RunMux } from './run-mux.ts';

/** Milliseconds before each further try of a mix that broke; after the last it waits for the next start or a person. */
export const muxRetryMs = [10_000, 60_000] as const;

/** Another mixer, or an audio process on a slow disk, is at work on the folder; this long until it is looked at again, milliseconds. */
export const muxBusyMs = 30_000;

/** What a finished job is told to. */
export interface MuxListener {
  progress(job: MuxJob, progress: MuxProgress): void;
  /** `ms`: wall clock of the run. */
  finished(job: MuxJob, end: Extract<MuxEnd, { kind: 'done' }>, ms: number): Promise<void>;
  /** Given up for now; the folder stays as it is. */
  gaveUp(job: MuxJob, error: string): Promise<void>;
}

export interface MuxQueueOptions {
  readonly run: RunMux;
  readonly listener: MuxListener;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  readonly onSize?: (size: number) => void;
}

/** A recording on its way through the mixer right now. */
interface Current {
  readonly recordingSessionId: string;
  readonly interrupt: AbortController;
  /** Resolves when nothing is done with it any more, its delivery included. */
  readonly ended: Promise<void>;
}

interface Waiting {
  readonly job: MuxJob;
  readonly attempt: number;
}

/** Finished recordings on their way through the mixer: one at a time, in order, a broken run tried again. Nothing waits for it. */
export class MuxQueue implements AsyncDisposable {
  #options: MuxQueueOptions;
  #waiting: Waiting[] = [];
  #known = new Set<string>();
  #retries = new Set<Disposable>();
  #current: Current | null = null;
  /** How often each is held. */
  #held = new Map<string, number>();
  #stop = new AbortController();
  #idle = Promise.withResolvers<void>();

  constructor(options: MuxQueueOptions) {
    this.#options = options;
    this.#idle.resolve();
  }

  /** Recordings that wait, run, or are to be tried again. */
  get size(): number {
    return this.#known.size;
  }

  /** Whether a recording waits, runs, or is to be tried again. */
  has(recordingSessionId: string): boolean {
    return this.#known.has(recordingSessionId);
  }

  /** Queues a recording; one that is queued already stays where it is. */
  enqueue(job: MuxJob): void {
    if (this.#stop.signal.aborted || this.#known.has(job.recordingSessionId)) return;
    this.#known.add(job.recordingSessionId);
    this.#waiting.push({ job, attempt: 0 });
    this.#changed();
    this.#next();
  }

  /**
   * Keeps a recording from the mixer until disposed: a run of it is interrupted, and begun anew afterwards. Resolves when nothing is done
   * with its files any more.
   */
  async hold(recordingSessionId: string): Promise<Disposable> {
    this.#held.set(recordingSessionId, (this.#held.get(recordingSessionId) ?? 0) + 1);
    const current = this.#current;
    if (current?.recordingSessionId === recordingSessionId) {
      current.interrupt.abort();
      await current.ended;
    }
    return {
      [Symbol.dispose]: () => {
        const holds = (this.#held.get(recordingSessionId) ?? 0) - 1;
        if (holds > 0) this.#held.set(recordingSessionId, holds);
        else this.#held.delete(recordingSessionId);
        if (!this.#stop.signal.aborted) this.#next();
      },
    };
  }

  /** Interrupts the run of now and forgets the rest: the folders say what is to be done at the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#waiting = [];
    for (const retry of this.#retries) retry[Symbol.dispose]();
    await this.#idle.promise;
  }

  #next(): void {
    if (this.#current) return;
    const place = this.#waiting.findIndex(({ job }) => !this.#held.has(job.recordingSessionId));
    const [next] = place < 0 ? [] : this.#waiting.splice(place, 1);
    if (!next) return;
    const idle = Promise.withResolvers<void>();
    this.#idle = idle;
    const interrupt = new AbortController();
    const { recordingSessionId } = next.job;
    this.#current = { recordingSessionId, interrupt, ended: idle.promise };
    this.#options.background.run(
      'mux',
      async () => {
        try {
          await this.#mux(next, interrupt.signal);
        } finally {
          this.#current = null;
          this.#changed();
          idle.resolve();
          if (!this.#stop.signal.aborted) this.#next();
        }
      },
      { recordingSessionId },
    );
  }

  async #mux({ job, attempt }: Waiting, interrupt: AbortSignal): Promise<void> {
    const { run, listener, clock, logger } = this.#options;
    const { recordingSessionId } = job;
    const startedUs = clock.monotonicUs();
    logger.info({ recordingSessionId, attempt }, 'mux started');
    const end = await run(
      job.folder,
      (progress) => listener.progress(job, progress),
      AbortSignal.any([this.#stop.signal, interrupt]),
    );
    const ms = Math.round((clock.monotonicUs() - startedUs) / 1000);
    if (end.kind === 'interrupted' && !this.#stop.signal.aborted) {
      logger.info({ recordingSessionId }, 'mux interrupted: the recording is being changed');
      this.#waiting.unshift({ job, attempt });
      return;
    }
    if (end.kind === 'interrupted') {
      logger.info({ recordingSessionId }, 'mux interrupted; it goes on at the next start');
      return;
    }
    if (end.kind === 'busy') {
      logger.info({ recordingSessionId }, 'another process is at work on this recording');
      this.#retryLater({ job, attempt }, muxBusyMs);
      return;
    }
    const retryMs = muxRetryMs[attempt];
    if (end.kind === 'broken' && retryMs !== undefined) {
      logger.warn({ recordingSessionId, attempt, retryMs, reason: end.error }, 'the mixer broke; it is tried again');
      this.#retryLater({ job, attempt: attempt + 1 }, retryMs);
      return;
    }
    this.#known.delete(recordingSessionId);
    if (end.kind === 'done') {
      logger.info({ recordingSessionId, status: end.status, ms, folder: job.folder }, 'mux finished');
      await listener.finished(job, end, ms);
    } else {
      logger.error({ recordingSessionId, reason: end.error }, 'mux given up until the next start');
      await listener.gaveUp(job, end.error);
    }
  }

  #retryLater(waiting: Waiting, ms: number): void {
    const timer = this.#options.clock.setTimeout(() => {
      this.#retries.delete(timer);
      this.#waiting.push(waiting);
      this.#next();
    }, ms);
    this.#retries.add(timer);
  }

  #changed(): void {
    this.#options.onSize?.(this.#known.size);
  }
}
