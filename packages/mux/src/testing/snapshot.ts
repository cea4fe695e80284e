import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Every file below a folder with its mode and a hash of what is in it: two of them tell whether anything was changed. */
export const snapshotOf = (folder: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .toSorted()
      .map((name) => {
        const stats = statSync(join(folder, name));
        const hash = stats.isFile()
          ? createHash('sha256')
              .update(readFileSync(join(folder, name)))
              .digest('hex')
          : '';
        return [name, `${(stats.mode & 0o7777).toString(8)} ${stats.mtimeMs} ${hash}`];
      }),
  );
