import { type DiskFailure, diskFailure } from './disk-failure.ts';
import type { FsOperation, Guard } from './guarded-fs.ts';
import type { KeptSpace } from './recording-fs.ts';

/** Kept back per recording: the last pages, sidecars and journal lines of 25 people, with blocks of 4 kB. */
export const RESERVE_BYTES = 1024 * 1024;

/** What may be done again: a sync or a close that failed has lost what it was to keep, and would seem to succeed the second time. */
const repeatable: ReadonlySet<FsOperation> = new Set([
  'makeFolder',
  'create',
  'overwrite',
  'append',
  'replace',
  'write',
]);

/**
 * The space a recording keeps back to be closed on a full disk. The first write that finds no space ends the recording, gives the
 * reserve free, and is done again; from then on only what was received already is written.
 */
export class SpaceReserve implements AsyncDisposable {
  readonly #kept: KeptSpace;
  readonly #onFull: (failure: DiskFailure) => void;
  #released: Promise<void> | null = null;

  constructor(kept: KeptSpace, onFull: (failure: DiskFailure) => void) {
    this.#kept = kept;
    this.#onFull = onFull;
  }

  readonly guard: Guard = async (operation, path, run) => {
    try {
      return await run();
    } catch (error) {
      const failure = diskFailure(error, path);
      if (failure.reason !== 'disk_full' || !repeatable.has(operation)) throw error;
      this.#onFull(failure);
      await this.#release();
      return await run();
    }
  };

  /** Never rejects. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#release();
  }

  #release(): Promise<void> {
    this.#released ??= this.#kept.release().catch(() => undefined);
    return this.#released;
  }
}
