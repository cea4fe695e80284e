import { open, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

const chunkBytes = 1024 * 1024;

/** Every place of the id in a piece of a file that is not a part of a longer number. */
const placesOf = (piece: Buffer, id: Buffer): number[] => {
  const isDigit = (byte: number | undefined): boolean => byte !== undefined && byte >= 0x30 && byte <= 0x39;
  const places: number[] = [];
  for (let at = piece.indexOf(id); at >= 0; at = piece.indexOf(id, at + 1)) {
    if (!isDigit(piece[at - 1]) && !isDigit(piece[at + id.length])) places.push(at);
  }
  return places;
};

const eraseFromFile = async (path: string, id: Buffer): Promise<number> => {
  await using file = await open(path, 'r+');
  const nobody = Buffer.alloc(id.length, '0');
  // Each piece begins with the byte before it and ends with what an id across its end, and the byte after that, may take.
  const piece = Buffer.alloc(1 + chunkBytes + id.length + 1);
  let erased = 0;
  for (let at = 0; ; at += chunkBytes) {
    const from = Math.max(0, at - 1);
    const { bytesRead } = await file.read(piece, 0, piece.length, from);
    for (const place of placesOf(piece.subarray(0, bytesRead), id)) {
      if (from + place < at) continue;
      await file.write(nobody, 0, nobody.length, from + place);
      erased += 1;
    }
    if (bytesRead < piece.length) break;
  }
  if (erased > 0) await file.datasync();
  return erased;
};

/**
 * Puts zeros in the place of an id in the log file and those put aside from it (`<file>.1` …), without moving a byte: whoever appends
 * meanwhile is not disturbed. The newest is taken first, since a rotation moves it to those that follow.
 * @returns places @throws the file system's error
 */
export const eraseFromLogFiles = async (logFile: string, userId: string): Promise<number> => {
  const name = basename(logFile);
  const numberOf = (file: string): number => (file === name ? 0 : Number(file.slice(name.length + 1)));
  const entries = await readdir(dirname(logFile), { withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && (entry.name === name || /^\.\d+$/.test(entry.name.slice(name.length))))
    .map((entry) => entry.name)
    .filter((file) => file.startsWith(name))
    .toSorted((a, b) => numberOf(a) - numberOf(b));
  let erased = 0;
  for (const file of files) erased += await eraseFromFile(join(dirname(logFile), file), Buffer.from(userId));
  return erased;
};
