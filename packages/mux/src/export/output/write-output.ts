import { open as openFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { ExportProgressMeter } from '../export-progress.ts';
import type { ExportEntry } from '../plan-entries.ts';
import { ZipFileWriter } from './zip-file-writer.ts';

export interface OutputJob {
  readonly entries: readonly ExportEntry[];
  /** Whether the one entry is the file itself; else they go into a zip. */
  readonly single: boolean;
  readonly path: string;
  /** The time entries of a zip bear. */
  readonly mtime: Date;
  readonly meter: ExportProgressMeter;
  readonly signal?: AbortSignal | undefined;
}

/** Makes the entries one after the other into a file. @throws what making them throws; the file system's error; the signal's reason */
export const writeOutput = async ({ entries, single, path, mtime, meter, signal }: OutputJob): Promise<void> => {
  // A stream that opens the file itself may do so after what fills it has failed, and after everything there was cleared away.
  const file = await openFile(path, 'wx', 0o600);
  const [only] = entries;
  if (single && only !== undefined) {
    const bytes = only.open((share) => meter.at(only.weight, share));
    await pipeline(bytes, file.createWriteStream());
    return;
  }
  await using zip = new ZipFileWriter(file, mtime);
  for (const { name, size, compress, weight, open } of entries) {
    signal?.throwIfAborted();
    await zip.add(
      name,
      open((share) => meter.at(weight, share)),
      { size, compress },
    );
    meter.finished(weight);
  }
  await zip.finish();
};
