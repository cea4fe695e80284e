import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Files with one ending below a folder, and their bytes; zeros while it does not exist. */
export const folderSize = async (folder: string, ending: string): Promise<{ files: number; bytes: number }> => {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const sizes = await Promise.all(
    names
      .filter((name) => name.endsWith(ending))
      .map((name) =>
        stat(join(folder, name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
};
