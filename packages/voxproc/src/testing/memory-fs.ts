import type { FsOperation } from '../recording/guarded-fs.ts';
import type { KeptSpace, RecordingFile, RecordingFs } from '../recording/recording-fs.ts';

/** One call of the file system, in order of being made. */
export interface FsCall {
  readonly operation: FsOperation;
  readonly path: string;
  /** How many calls of this operation were made before, over all paths. */
  readonly index: number;
}

/** Makes a call fail (an error code), or wait (a promise), or neither (null). */
export type Fault = (call: FsCall) => string | Promise<void> | null;

/** A disk that stands still until it is let go, at the latest when the test ends: a fault answers with its `promise`. */
export const heldDisk = (): Disposable & { readonly promise: Promise<void>; release(): void } => {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { promise, release: resolve, [Symbol.dispose]: resolve };
};

const systemError = (code: string, path: string): Error =>
  Object.assign(new Error(`${code}: simulated, '${path}'`), { code, path });

/**
 * A file system in memory that fails, fills up and dawdles as told. Writes into a full one are cut short first, as a real one's are.
 */
export class MemoryFs implements RecordingFs {
  /** Contents by path; grows in place. */
  readonly files = new Map<string, Buffer>();
  readonly folders = new Set<string>();
  /** Every call, in order. */
  readonly calls: FsCall[] = [];
  /** Bytes the disk holds at most; what `freeBytes` answers follows from it. */
  capacityBytes = Number.POSITIVE_INFINITY;
  /** Asked before every call. */
  fault: Fault = () => null;
  #open = 0;
  #keptBytes = 0;
  readonly #counts = new Map<string, number>();

  /** Files open now. */
  get openFiles(): number {
    return this.#open;
  }

  get usedBytes(): number {
    let bytes = this.#keptBytes;
    for (const content of this.files.values()) bytes += content.length;
    return bytes;
  }

  /** The text of a file that must exist. */
  text(path: string): string {
    const content = this.files.get(path);
    if (content === undefined) throw systemError('ENOENT', path);
    return content.toString();
  }

  /** Paths that end so, sorted. */
  paths(ending: string): string[] {
    return [...this.files.keys()].filter((path) => path.endsWith(ending)).sort();
  }

  async makeFolder(path: string): Promise<void> {
    await this.call('makeFolder', path);
    this.folders.add(path);
  }

  async create(path: string): Promise<RecordingFile> {
    await this.call('create', path);
    if (this.files.has(path)) throw systemError('EEXIST', path);
    return this.#openAt(path, Buffer.alloc(0));
  }

  async overwrite(path: string): Promise<RecordingFile> {
    await this.call('overwrite', path);
    return this.#openAt(path, Buffer.alloc(0));
  }

  async append(path: string): Promise<RecordingFile> {
    await this.call('append', path);
    return this.#openAt(path, this.files.get(path) ?? Buffer.alloc(0));
  }

  async replace(from: string, to: string): Promise<void> {
    await this.call('replace', to);
    const content = this.files.get(from);
    if (content === undefined) throw systemError('ENOENT', from);
    this.files.delete(from);
    this.files.set(to, content);
  }

  async remove(path: string): Promise<void> {
    await this.call('remove', path);
    this.files.delete(path);
  }

  async freeBytes(path: string): Promise<number> {
    await this.call('freeBytes', path);
    return Number.isFinite(this.capacityBytes) ? Math.max(0, this.capacityBytes - this.usedBytes) : 1e12;
  }

  async keepFree(path: string, bytes: number): Promise<KeptSpace> {
    await this.call('keepFree', path);
    if (this.usedBytes + bytes > this.capacityBytes) throw systemError('ENOSPC', path);
    this.#keptBytes += bytes;
    let kept = bytes;
    return {
      release: async () => {
        await this.call('release', path);
        this.#keptBytes -= kept;
        kept = 0;
      },
    };
  }

  /** Notes a call, lets the fault have its way. */
  async call(operation: FsCall['operation'], path: string): Promise<void> {
    const index = this.#counts.get(operation) ?? 0;
    this.#counts.set(operation, index + 1);
    const call = { operation, path, index };
    this.calls.push(call);
    const verdict = this.fault(call);
    if (typeof verdict === 'string') throw systemError(verdict, path);
    if (verdict !== null) await verdict;
    else await Promise.resolve();
  }

  #openAt(path: string, content: Buffer): RecordingFile {
    const folder = path.slice(0, path.lastIndexOf('/'));
    if (!this.folders.has(folder)) throw systemError('ENOENT', path);
    this.files.set(path, content);
    this.#open += 1;
    return {
      startBytes: content.length,
      write: async (buffers) => {
        await this.call('write', path);
        const wanted = Buffer.concat(buffers);
        const room = this.capacityBytes - this.usedBytes;
        if (room <= 0) throw systemError('ENOSPC', path);
        const taken = wanted.subarray(0, Math.min(wanted.length, room));
        this.files.set(path, Buffer.concat([this.files.get(path) ?? Buffer.alloc(0), taken]));
        return taken.length;
      },
      sync: () => this.call('sync', path),
      truncate: async (bytes) => {
        await this.call('truncate', path);
        this.files.set(path, (this.files.get(path) ?? Buffer.alloc(0)).subarray(0, bytes));
      },
      close: async () => {
        this.#open -= 1;
        await this.call('close', path);
      },
    };
  }
}
