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
  #running = false;
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

  /** Queues a recording; one that is queued already stays where it is. */
  enqueue(job: MuxJob): void {
    if (this.#stop.signal.aborted || this.#known.has(job.recordingSessionId)) return;
    this.#known.add(job.recordingSessionId);
    this.#waiting.push({ job, attempt: 0 });
    this.#changed();
    this.#next();
  }

  /** Interrupts the run of now and forgets the rest: the folders say what is to be done at the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#waiting = [];
    for (const retry of this.#retries) retry[Symbol.dispose]();
    await this.#idle.promise;
  }

  #next(): void {
    if (this.#running) return;
    const next = this.#waiting.shift();
    if (!next) return;
    this.#running = true;
    this.#idle = Promise.withResolvers();
    this.#options.background.run(
      'mux',
      async () => {
        try {
          await this.#mux(next);
        } finally {
          this.#running = false;
          this.#changed();
          this.#idle.resolve();
          if (!this.#stop.signal.aborted) this.#next();
        }
      },
      { recordingSessionId: next.job.recordingSessionId },
    );
  }

  async #mux({ job, attempt }: Waiting): Promise<void> {
    const { run, listener, clock, logger } = this.#options;
    const { recordingSessionId } = job;
    const startedUs = clock.monotonicUs();
    logger.info({ recordingSessionId, attempt }, 'mux started');
    const end = await run(job.folder, (progress) => listener.progress(job, progress), this.#stop.signal);
    const ms = Math.round((clock.monotonicUs() - startedUs) / 1000);
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
