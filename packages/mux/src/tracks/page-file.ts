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
  readonly #batch = Buffer.allocUnsafe(BATCH_BYTES);
  #batched = 0;
  #position = 0;

  /** @throws the file system's error */
  constructor(path: string) {
    this.#path = path;
    this.#temporary = `${path}.tmp`;
    this.#fd = openSync(this.#temporary, 'w', 0o600);
  }

  /** Takes bytes of any length; they are copied or written before it returns. */
  append(bytes: Buffer | null): void {
    if (bytes === null) return;
    for (let at = 0; at < bytes.length; ) {
      const taken = bytes.copy(this.#batch, this.#batched, at);
      at += taken;
      this.#batched += taken;
      if (this.#batched === BATCH_BYTES) this.#write();
    }
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

  /** Writes over the file's first bytes; everything appended stays. */
  patchStart(bytes: Buffer): void {
    if (this.#fd === null) return;
    this.#write();
    writeSync(this.#fd, bytes, 0, bytes.length, 0);
  }

  /** Throws away what was appended, to begin anew. */
  restart(): void {
    if (this.#fd === null) return;
    this.#batched = 0;
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
    if (this.#fd === null) return;
    for (let at = 0; at < this.#batched; ) {
      const written = writeSync(this.#fd, this.#batch, at, this.#batched - at, this.#position);
      at += written;
      this.#position += written;
    }
    this.#batched = 0;
  }
}
