import { readdir, rename, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { SessionFile } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { Logger } from '../log.ts';
import type { Store } from '../store/index.ts';
import type { Background } from '../vox/background.ts';
import { recordingFolders } from './recording-folders.ts';
import { readSessionFile } from './session-files.ts';

/** Marks a folder whose deletion has begun. */
const deletingSuffix = '.deleting';
const dayMs = 24 * 3_600_000;
/** How often the recordings are looked through, milliseconds. */
export const sweepEveryMs = 3_600_000;

/** Whether a recording has been kept long enough: never while it is being recorded or mixed, never with `retentionDays` 0. */
export const isExpired = (
  { status, endTime, startTime }: Pick<SessionFile, 'status' | 'endTime' | 'startTime'>,
  retentionDays: number,
  now: number,
): boolean => {
  if (retentionDays === 0 || status === 'recording' || status === 'muxing') return false;
  return now - (endTime ?? startTime) > retentionDays * dayMs;
};

export interface RetentionOptions {
  readonly recordingsDir: string;
  readonly store: Pick<Store, 'guildSettings' | 'recordings'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
}

/**
 * Deletes recordings whose guild's retention is over, as the notice has told people: at the start and once an hour. The folder is
 * what counts; its rows in the store go with it. A recording whose `session.json` cannot be read is left alone.
 */
export class Retention implements Disposable {
  #options: RetentionOptions;
  #timer: Disposable;
  #sweeping = false;

  constructor(options: RetentionOptions) {
    this.#options = options;
    const { clock, background } = options;
    this.#timer = clock.setInterval(() => background.run('retention', () => this.sweep()), sweepEveryMs);
  }

  /** Looks through all recordings once. @returns the ids of those deleted */
  async sweep(): Promise<string[]> {
    if (this.#sweeping) return [];
    this.#sweeping = true;
    try {
      await this.#finishDeletions();
      const deleted: string[] = [];
      for (const { recordingSessionId, folder } of await recordingFolders(this.#options.recordingsDir)) {
        const file = await readSessionFile(folder);
        if (file && (await this.#deleteExpired(recordingSessionId, folder, file))) deleted.push(recordingSessionId);
      }
      return deleted;
    } finally {
      this.#sweeping = false;
    }
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }

  /** Goes on with deletions that a crash has cut off. */
  async #finishDeletions(): Promise<void> {
    const sessions = join(resolve(this.#options.recordingsDir), 'sessions');
    const names = await readdir(sessions).catch(() => []);
    for (const name of names.filter((one) => one.endsWith(deletingSuffix))) {
      await rm(join(sessions, name), { recursive: true, force: true });
    }
  }

  async #deleteExpired(recordingSessionId: string, folder: string, file: SessionFile): Promise<boolean> {
    const { store, clock, logger } = this.#options;
    const { retentionDays } = await store.guildSettings.get(file.guildId);
    if (!isExpired(file, retentionDays, clock.now())) return false;
    // Under another name first: a deletion that is cut off leaves nothing that looks like a whole recording.
    const doomed = `${folder}${deletingSuffix}`;
    try {
      await rename(folder, doomed);
      await rm(doomed, { recursive: true, force: true });
    } catch (error) {
      logger.error({ recordingSessionId, err: error }, 'a recording whose retention is over could not be deleted');
      return false;
    }
    store.recordings.forgotten(recordingSessionId);
    logger.info(
      { recordingSessionId, guildId: file.guildId, retentionDays, endTime: file.endTime },
      'recording deleted: its retention is over',
    );
    return true;
  }
}
