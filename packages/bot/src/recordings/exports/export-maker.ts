import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { ExportRung } from './deliver-export.ts';
import type { ExportFiles, ExportPlace } from './export-files.ts';
import type { ExportJob } from './export-job.ts';
import { type Enqueued, ExportQueue } from './export-queue.ts';
import type { ExportEnd, RunExport } from './run-export.ts';

/** People who opt out, or are erased, while it is made: it is made again so often. */
const attempts = 3;

/** What became of an export; `page`: it waits on the page it was asked for on. */
export type ExportOutcome = ExportRung | 'page' | 'failed' | 'interrupted';

export interface MadeExport {
  readonly end: ExportEnd;
  readonly place: ExportPlace;
  /** When the recording began to be read, epoch milliseconds. */
  readonly readAt: number;
}

/** Whoever an export is made for. */
export interface ExportTaker {
  /** It is being made; told again with each part done, 0 to 1. Must not throw. */
  at(fraction: number): void;
  /** It was made, or could not be. @returns what became of it; its file stays for `link`, `host` and `page` */
  take(made: MadeExport): Promise<ExportOutcome>;
  /** Making or taking it failed for a reason the log has. Must not throw. */
  broke(): void;
}

export interface ExportMakerOptions {
  readonly run: RunExport;
  readonly files: ExportFiles;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  /** Of these people, who does not consent to being recorded in the guild by now. @throws when that cannot be known */
  readonly withoutConsent: (guildId: string, folder: string) => Promise<ReadonlySet<string>>;
  /** Told what became of each job. */
  readonly onEnd: (job: ExportJob, outcome: ExportOutcome) => void;
}

const keeps: ReadonlySet<ExportOutcome> = new Set(['link', 'host', 'page']);

/** Makes exports and clips, whoever asked for them and wherever they go: one queue, a child each, files that do not stay behind. */
export class ExportMaker implements AsyncDisposable {
  #options: ExportMakerOptions;
  #queue = new ExportQueue();

  constructor(options: ExportMakerOptions) {
    this.#options = options;
  }

  /** Takes a job; nothing waits for it. */
  request(job: ExportJob, taker: ExportTaker): Enqueued {
    return this.#queue.enqueue(job.guildId, (signal) => this.#work(job, taker, signal));
  }

  /** Interrupts what runs; who asked is told. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#queue[Symbol.asyncDispose]();
  }

  /** Never rejects. */
  async #work(job: ExportJob, taker: ExportTaker, signal: AbortSignal): Promise<void> {
    const { logger, onEnd } = this.#options;
    const { recordingSessionId, guildId, requestedByUserId, kind, format } = job;
    const bindings = { recordingSessionId, guildId, userId: requestedByUserId, kind, format };
    try {
      const outcome = await this.#make(job, taker, signal);
      logger.info({ ...bindings, outcome }, 'export ended');
      onEnd(job, outcome);
    } catch (error) {
      logger.error({ ...bindings, err: error }, 'an export failed');
      onEnd(job, 'failed');
      taker.broke();
    }
  }

  async #make(job: ExportJob, taker: ExportTaker, signal: AbortSignal): Promise<ExportOutcome> {
    const { files, logger, clock } = this.#options;
    const place = await files.place(job);
    let keep = false;
    try {
      const readAt = clock.now();
      const end = await this.#attempt(job, place, (fraction) => taker.at(fraction), signal);
      if (end.kind === 'failed') {
        const { recordingSessionId } = job;
        logger.warn({ recordingSessionId, code: end.code, reason: end.error }, 'no export could be made');
      }
      const outcome = await taker.take({ end, place, readAt });
      keep = keeps.has(outcome);
      return outcome;
    } finally {
      if (!keep) await files.remove(place);
    }
  }

  /** Makes it, and again when somebody in it withdrew meanwhile. */
  async #attempt(
    job: ExportJob,
    place: ExportPlace,
    onProgress: (fraction: number) => void,
    signal: AbortSignal,
  ): Promise<ExportEnd> {
    const { run, withoutConsent } = this.#options;
    const { guildId, folder } = job;
    const isClip = job.kind === 'clip';
    for (let left = attempts; left > 0; left -= 1) {
      const without = isClip ? [...(await withoutConsent(guildId, folder))] : [];
      const end = await run(job, place.path, without, onProgress, signal);
      if (end.kind === 'failed' && end.code === 'erased_meanwhile') continue;
      if (end.kind !== 'done' || !isClip) return end;
      const withdrawn = await withoutConsent(guildId, folder);
      if (!end.people.some((userId) => withdrawn.has(userId))) return end;
    }
    return { kind: 'failed', code: 'erased_meanwhile', error: `somebody in it withdrew, ${attempts} times in a row` };
  }
}
