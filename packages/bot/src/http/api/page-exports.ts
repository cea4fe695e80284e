import { randomUUID } from 'node:crypto';
import type { ApiExportJob } from '@parley/protocol/api';
import { exportFailureWords } from '../../notify/index.ts';
import type { ExportPlace } from '../../recordings/exports/export-files.ts';
import type { ExportJob } from '../../recordings/exports/export-job.ts';
import type { ExportMaker, ExportTaker } from '../../recordings/exports/export-maker.ts';
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
  readonly maker: Pick<ExportMaker, 'request'>;
  readonly newId?: () => string;
}

/** Exports that people ask for on a page: made like those of the command, fetched from the page by whoever asked. */
export class PageExports {
  #options: PageExportsOptions;
  #jobs = new Map<string, PageExport>();

  constructor(options: PageExportsOptions) {
    this.#options = options;
  }

  /** Takes a wish; nothing waits for it. @throws ApiFailure when too many wait */
  begin(wish: PageExportWish): ApiExportJob {
    const exportId = (this.#options.newId ?? randomUUID)();
    const view: ApiExportJob = { exportId, state: 'queued', fraction: 0, url: null, bytes: null, error: null };
    this.#keep(exportId, { wish, view, place: null });
    const { accepted } = this.#options.maker.request(jobOf(wish), this.#takerOf(exportId));
    if (!accepted) {
      this.#jobs.delete(exportId);
      throw new ApiFailure('rate_limited', 'Too many exports are waiting. Try again when they are done.');
    }
    return this.#jobs.get(exportId)?.view ?? view;
  }

  /** An export of this person's; null: there is none. */
  of(userId: string, exportId: string): PageExport | null {
    const job = this.#jobs.get(exportId);
    return job?.wish.requestedByUserId === userId ? job : null;
  }

  #takerOf(exportId: string): ExportTaker {
    const show = (change: Partial<ApiExportJob>, place: ExportPlace | null = null) => {
      const before = this.#jobs.get(exportId);
      if (before) this.#jobs.set(exportId, { ...before, place, view: { ...before.view, ...change } });
    };
    return {
      at: (fraction) => show({ state: 'running', fraction }),
      take: async ({ end, place }) => {
        switch (end.kind) {
          case 'done':
            show({ state: 'done', fraction: 1, url: `/api/exports/${exportId}/file`, bytes: end.bytes }, place);
            return 'page';
          case 'failed':
            show({ state: 'failed', error: exportFailureWords(end.code) });
            return 'failed';
          case 'interrupted':
            show({ state: 'failed', error: 'Parley is being shut down. Try again later.' });
            return 'interrupted';
        }
      },
      broke: () => show({ state: 'failed', error: exportFailureWords('broken') }),
    };
  }

  #keep(exportId: string, job: PageExport): void {
    this.#jobs.set(exportId, job);
    const oldest = this.#jobs.keys().next();
    if (this.#jobs.size > remembered && !oldest.done) this.#jobs.delete(oldest.value);
  }
}

const seconds = (ms: number | null): string | null => (ms === null ? null : String(ms / 1000));

/** A page's wish as the job of the command. */
const jobOf = ({ fromMs, toMs, ...wish }: PageExportWish): ExportJob => ({
  ...wish,
  ...{ kind: 'export', textChannelId: '', lastSeconds: null, cutPauses: false },
  ...{ from: seconds(fromMs), to: seconds(toMs) },
});
