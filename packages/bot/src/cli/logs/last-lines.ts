import { open } from 'node:fs/promises';

export interface LastLines {
  readonly lines: readonly string[];
  /** Where the file ends that was read, bytes: following goes on there. */
  readonly end: number;
}

/** The last lines of a file that fit, at most `most`. A file that is not there has none. @throws what the file system says */
export const lastLines = async (path: string, most: number, fits: (line: string) => boolean): Promise<LastLines> => {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (handle === null) return { lines: [], end: 0 };
  await using file = handle;
  const lines: string[] = [];
  let end = 0;
  let rest = '';
  for await (const chunk of file.createReadStream({ encoding: 'utf8', autoClose: false })) {
    const parts = (rest + String(chunk)).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) {
      end += Buffer.byteLength(line) + 1;
      if (!fits(line)) continue;
      lines.push(line);
      if (lines.length > most) lines.shift();
    }
  }
  return { lines, end };
};
