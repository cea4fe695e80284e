import { randomUUID } from 'node:crypto';
import type { Clock } from '@parley/protocol';
import type { ApiExportJob } from '@parley/protocol/api';
import type { Logger } from '../../log.ts';
import type { ExportFiles, ExportPlace } from '../../recordings/exports/export-files.ts';
import type { ExportJob } from '../../recordings/exports/export-job.ts';
import { ExportQueue } from '../../recordings/exports/export-queue.ts';
import type { RunExport } from '../../recordings/exports/run-export.ts';
import { ApiFailure } from './api-failure.ts';

/** How many exports are remembered; beyond that the oldest is forgotten, its file goes with the day's sweep. */
const remembered = 200;

/** What a page asks for. */
export type PageExportWish = Pick<
  ExportJob,
  'recordingSessionId' | 'folder' | 'guildId' | 'requestedByUserId' | 'format'
> & {
  readonly fromMs: number | null;
  readonly toMs: number | null;
};

interface PageExport {
  readonly wish: PageExportWish;
  readonly view: ApiExportJob;
  readonly place: ExportPlace | null;
}

export interface PageExportsOptions {
  readonly run: RunExport;
  readonly files: ExportFiles;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly newId?: () => string;
}

/** Exports that people ask for on a page: made like those of the command, fetched from the page by whoever asked. */
export class PageExports implements AsyncDisposable {
  #options: PageExportsOptions;
  #queue = new ExportQueue();
  #jobs = new Map<string, PageExport>();

  constructor(options: PageExportsOptions) {
    this.#options = options;
  }

  /** Takes a wish; nothing waits for it. @throws ApiFailure when too many wait */
  begin(wish: PageExportWish): ApiExportJob {
    const exportId = (this.#options.newId ?? randomUUID)();
    const view: ApiExportJob = { exportId, state: 'queued', fraction: 0, url: null, bytes: null, error: null };
    const { accepted } = this.#queue.enqueue(wish.guildId, (signal) => this.#work(exportId, wish, signal));
    if (!accepted) throw new ApiFailure('rate_limited', 'Too many exports are waiting. Try again when they are done.');
    if (!this.#jobs.has(exportId)) this.#keep(exportId, { wish, view, place: null });
    return this.#jobs.get(exportId)?.view ?? view;
  }

  /** An export of this person's; null: there is none. */
  of(userId: string, exportId: string): PageExport | null {
    const job = this.#jobs.get(exportId);
    return job?.wish.requestedByUserId === userId ? job : null;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#queue[Symbol.asyncDispose]();
  }

  /** Never rejects. */
  async #work(exportId: string, wish: PageExportWish, signal: AbortSignal): Promise<void> {
    const { run, files, logger } = this.#options;
    const seconds = (ms: number | null) => (ms === null ? null : String(ms / 1000));
    const job: ExportJob = {
      ...wish,
      ...{ kind: 'export', textChannelId: '', lastSeconds: null, cutPauses: false },
      ...{ from: seconds(wish.fromMs), to: seconds(wish.toMs) },
    };
    const show = (change: Partial<ApiExportJob>, place: ExportPlace | null = null) => {
      const before = this.#jobs.get(exportId)?.view ?? {
        ...{ exportId, state: 'queued' as const, fraction: 0, url: null, bytes: null, error: null },
      };
      this.#keep(exportId, { wish, place, view: { ...before, ...change } });
    };
    try {
      const place = await files.place(job);
      show({ state: 'running' });
      const end = await run(job, place.path, [], (fraction) => show({ state: 'running', fraction }), signal);
      if (end.kind === 'done') {
        show({ state: 'done', fraction: 1, url: `/api/exports/${exportId}/file`, bytes: end.bytes }, place);
        return;
      }
      await files.remove(place);
      show({
        state: 'failed',
        error: end.kind === 'failed' ? end.error : 'Parley is being shut down. Try again later.',
      });
    } catch (error) {
      logger.error({ err: error, recordingSessionId: wish.recordingSessionId }, 'an export for a page failed');
      show({ state: 'failed', error: 'The export could not be made. The operator finds the reason in the log.' });
    }
  }

  #keep(exportId: string, job: PageExport): void {
    this.#jobs.set(exportId, job);
    const oldest = this.#jobs.keys().next();
    if (this.#jobs.size > remembered && !oldest.done) this.#jobs.delete(oldest.value);
  }
}
