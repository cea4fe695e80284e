import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { exportFormats, isSingleFile } from '@parley/mux';
import { type Clock, recordingSessionIdPattern } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { Background } from '../../vox/background.ts';
import type { ExportJob } from './export-job.ts';

/** How long a file that waits to be fetched is kept, milliseconds. */
export const exportKeepMs = 24 * 3_600_000;
/** How often old ones are looked for, milliseconds. */
const sweepEveryMs = 3_600_000;

/** The folder of exports, below the data folder: `<recordingSessionId>/<uuid>.<ending>`. */
export const exportsFolder = (dataDir: string): string => join(resolve(dataDir), 'exports');

/** Ending of the file a job makes. */
export const endingOf = ({ format }: Pick<ExportJob, 'format'>): string =>
  isSingleFile([format]) ? exportFormats[format].extension : 'zip';

export interface ExportFilesOptions {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
}

/** A place for the file of one job. */
export interface ExportPlace {
  /** Absolute path. */
  readonly path: string;
  /** As links name it: `exports/<uuid>.<ending>`. */
  readonly link: string;
}

/**
 * The files of exports: each lies here until it is delivered, and a day at most when it waits to be fetched. They hold voices, so that
 * they go with what is erased or deleted: `removeExports`.
 */
export class ExportFiles implements Disposable {
  readonly root: string;
  #options: ExportFilesOptions;
  #timer: Disposable;

  constructor(options: ExportFilesOptions) {
    this.#options = options;
    this.root = exportsFolder(options.dataDir);
    const { clock, background } = options;
    this.#timer = clock.setInterval(() => background.run('exports', () => this.sweep()), sweepEveryMs);
  }

  /** Makes room for the file of a job. @throws the file system's error */
  async place(job: Pick<ExportJob, 'recordingSessionId' | 'format'>): Promise<ExportPlace> {
    const folder = join(this.root, job.recordingSessionId);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const name = `${randomUUID()}.${endingOf(job)}`;
    return { path: join(folder, name), link: `exports/${name}` };
  }

  /** Removes a file. Never rejects: the sweep tries again. */
  async remove({ path }: ExportPlace): Promise<void> {
    await rm(path, { force: true }).catch((error: unknown) => {
      this.#options.logger.warn({ err: error }, 'an export could not be removed; it is tried again');
    });
  }

  /** Removes what is older than a day, and at the start what a killed run was making. @returns how many files went */
  async sweep({ atStart = false }: { readonly atStart?: boolean } = {}): Promise<number> {
    const { logger } = this.#options;
    let removed = 0;
    for (const recording of await names(this.root)) {
      const folder = join(this.root, recording);
      for (const name of await names(folder)) {
        const path = join(folder, name);
        if ((await this.#age(path)) <= exportKeepMs && !(atStart && name.endsWith('.tmp'))) continue;
        await rm(path, { recursive: true, force: true });
        removed += 1;
      }
      // A young one may be waiting for its first file.
      if ((await this.#age(folder)) > sweepEveryMs) await rmdir(folder).catch(() => undefined);
    }
    if (removed > 0) logger.info({ removed }, 'old exports removed');
    return removed;
  }

  /** Milliseconds since it was changed; Infinity when it is gone. */
  async #age(path: string): Promise<number> {
    const stats = await stat(path).catch(() => null);
    return stats === null ? Number.POSITIVE_INFINITY : this.#options.clock.now() - stats.mtimeMs;
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }
}

/** Removes every export of a recording: for erasure and retention. @throws the file system's error */
export const removeExports = async (dataDir: string, recordingSessionId: string): Promise<void> => {
  if (!recordingSessionIdPattern.test(recordingSessionId)) return;
  await rm(join(exportsFolder(dataDir), recordingSessionId), { recursive: true, force: true });
};

const names = (folder: string): Promise<string[]> =>
  readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw error;
  });
