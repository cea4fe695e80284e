import { closeSync, fsyncSync, ftruncateSync, openSync, renameSync, writeSync } from 'node:fs';

const BATCH_BYTES = 262_144;

/**
 * A file written in large pieces under a temporary name, which `commit` syncs and renames into place: whoever sees the name sees a
 * whole file. Disposing without `commit` closes it and leaves the temporary file, to be overwritten by the next run.
 */
export class PageFile implements Disposable {
  readonly #path: string;
  readonly #temporary: string;
  #fd: number | null;
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #position = 0;

  /** @throws the file system's error */
  constructor(path: string) {
    this.#path = path;
    this.#temporary = `${path}.tmp`;
    this.#fd = openSync(this.#temporary, 'w', 0o600);
  }

  append(page: Buffer | null): void {
    if (page === null || page.length === 0) return;
    this.#waiting.push(page);
    this.#waitingBytes += page.length;
    if (this.#waitingBytes >= BATCH_BYTES) this.#write();
  }

  /** Where the bytes are until `commit`. */
  get temporary(): string {
    return this.#temporary;
  }

  /** Puts everything on the disk, under the temporary name still. */
  sync(): void {
    if (this.#fd === null) return;
    this.#write();
    fsyncSync(this.#fd);
  }

  /** Throws away what was appended, to begin anew. */
  restart(): void {
    if (this.#fd === null) return;
    this.#waiting = [];
    this.#waitingBytes = 0;
    ftruncateSync(this.#fd, 0);
    this.#position = 0;
  }

  commit(): void {
    this.sync();
    this[Symbol.dispose]();
    renameSync(this.#temporary, this.#path);
  }

  [Symbol.dispose](): void {
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }

  #write(): void {
    if (this.#fd === null || this.#waitingBytes === 0) return;
    const bytes = Buffer.concat(this.#waiting, this.#waitingBytes);
    for (let at = 0; at < bytes.length; ) {
      const written = writeSync(this.#fd, bytes, at, bytes.length - at, this.#position);
      at += written;
      this.#position += written;
    }
    this.#waiting = [];
    this.#waitingBytes = 0;
  }
}
