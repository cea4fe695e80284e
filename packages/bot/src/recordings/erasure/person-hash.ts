import { createHmac, randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';

const saltBytes = 32;

/** What stands for a person in the erasure log: without the salt nobody can tell who it is, with it one can ask whether it is somebody. */
export type PersonHash = (userId: string) => string;

const hashWith =
  (salt: Buffer): PersonHash =>
  (userId) =>
    createHmac('sha256', salt).update(`v1\n${userId}`).digest('base64url');

/**
 * The hash of this installation; its salt is made on first use: `<dataDir>/erasure-salt`, readable by its owner alone. One that a power
 * cut left torn is replaced: the entries made with it stand for nobody then. @throws the file system's error
 */
export const openPersonHash = async (dataDir: string): Promise<PersonHash> => {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'erasure-salt');
  const found = await readFile(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (found !== null && found.length >= saltBytes) return hashWith(found);
  const salt = randomBytes(saltBytes);
  await using handle = await open(`${file}.tmp`, 'w', 0o600);
  await handle.writeFile(salt);
  await handle.sync();
  await rename(`${file}.tmp`, file);
  return hashWith(salt);
};
