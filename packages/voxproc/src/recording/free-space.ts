import type { Clock } from '@parley/protocol';
import { type DiskFailure, diskFailure } from './disk-failure.ts';
import type { RecordingFs } from './recording-fs.ts';

/** How often free space is looked at, in milliseconds. */
export const FREE_SPACE_MS = 10_000;

export interface FreeSpaceOptions {
  readonly fs: RecordingFs;
  readonly clock: Clock;
  readonly path: string;
  /** Free space at which the recording stops, in bytes. */
  readonly minFreeBytes: number;
  readonly onFailure: (failure: DiskFailure) => void;
  /** Told when less than twice the minimum is left, once until there is more again. */
  readonly onLow: (freeBytes: number) => void;
}

/** Looks at the free space of the recording's disk every 10 s, one look at a time. */
export class FreeSpaceWatch implements AsyncDisposable {
  readonly #options: FreeSpaceOptions;
  readonly #timer: Disposable;
  #looking: Promise<void> | null = null;
  #isLow = false;
  #freeBytes: number | null = null;

  constructor(options: FreeSpaceOptions, freeBytes: number) {
    this.#options = options;
    this.#judge(freeBytes);
    this.#timer = options.clock.setInterval(() => {
      this.#looking ??= this.#look();
    }, FREE_SPACE_MS);
  }

  /** Bytes free at the last look. */
  get freeBytes(): number | null {
    return this.#freeBytes;
  }

  /** Never rejects. */
  async #look(): Promise<void> {
    const { fs, path, onFailure } = this.#options;
    try {
      this.#judge(await fs.freeBytes(path));
    } catch (error) {
      onFailure(diskFailure(error, path));
    }
    this.#looking = null;
  }

  #judge(freeBytes: number): void {
    const { path, minFreeBytes, onFailure, onLow } = this.#options;
    this.#freeBytes = freeBytes;
    if (freeBytes < minFreeBytes) onFailure({ reason: 'disk_full', code: 'ENOSPC', path, cause: null });
    const isLow = freeBytes < 2 * minFreeBytes;
    if (isLow && !this.#isLow) onLow(freeBytes);
    this.#isLow = isLow;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#timer[Symbol.dispose]();
    await this.#looking;
  }
}
