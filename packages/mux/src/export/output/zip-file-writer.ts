import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';

export interface ZipEntryOptions {
  /** Bytes of the entry, when known beforehand. */
  readonly size?: number | undefined;
  /** Audio is packed already; text is worth it. */
  readonly compress: boolean;
}

/**
 * A zip file written entry by entry in flat memory, zip64 where lengths ask for it. Ends with `finish`, or without it when it is
 * disposed: what was written is left to whoever owns the folder.
 */
export class ZipFileWriter implements AsyncDisposable {
  readonly #zip = new ZipFile();
  readonly #mtime: Date;
  readonly #written: Promise<void>;

  /**
   * @param file a new file, which it closes
   * @param mtime the time all entries bear, so that the same export gives the same bytes
   */
  constructor(file: FileHandle, mtime: Date) {
    this.#mtime = mtime;
    const output = this.#zip.outputStream as Readable;
    this.#written = pipeline(output, file.createWriteStream());
    // Met by `add` and `finish`; a failure between two entries waits for the next.
    this.#written.catch(() => {});
    this.#zip.on('error', (error: Error) => output.destroy(error));
  }

  /**
   * Adds an entry and resolves when its bytes were taken.
   * @param name relative path with forward slashes
   * @throws what `bytes` throws, or the file system's error
   */
  async add(name: string, bytes: AsyncIterable<Buffer>, { size, compress }: ZipEntryOptions): Promise<void> {
    const source = Readable.from(bytes, { objectMode: false });
    const taken = new Promise<void>((resolve, reject) => {
      source.once('end', resolve);
      source.once('error', reject);
    });
    const options = { mtime: this.#mtime, mode: 0o100644, compress, ...(size !== undefined && { size }) };
    try {
      this.#zip.addReadStream(source, name, options);
      const broken = this.#written.then(() => Promise.reject(new Error('the zip file ended early')));
      await Promise.race([taken, broken]);
    } catch (error) {
      await this.#giveUp(source, error as Error);
      throw error;
    }
  }

  /** Writes the directory. @throws the file system's error */
  async finish(): Promise<void> {
    this.#zip.end();
    await this.#written;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    (this.#zip.outputStream as Readable).destroy();
    await this.#written.catch(() => {});
  }

  async #giveUp(source: Readable, error: Error): Promise<void> {
    // The source ends what makes its bytes; only then is there nobody left who writes into the folder.
    const closed = source.closed ? undefined : new Promise((resolve) => source.once('close', resolve));
    source.on('error', () => {});
    source.destroy();
    (this.#zip.outputStream as Readable).destroy(error);
    await Promise.all([closed, this.#written.catch(() => {})]);
  }
}
