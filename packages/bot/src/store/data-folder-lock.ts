import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { bootId } from './boot-id.ts';

/** Who holds a data folder. */
const holderSchema = z.object({
  pid: z.int().positive(),
  bootId: z.string(),
  /** When the process began, in clock ticks since boot; tells it from a later one with the same number. null where unknown. */
  startTicks: z.string().nullable(),
  token: z.string(),
});
type Holder = z.infer<typeof holderSchema>;

/** Another supervisor works on this data folder. Not retryable while it lives. */
export class DataFolderLockedError extends Error {
  readonly code = 'data_folder_locked';
  readonly pid: number;

  constructor(folder: string, pid: number) {
    super(
      `another Parley (process ${pid}) is using the data folder ${folder}. Stop it first, or give this one a folder of its own with PARLEY_DATA_DIR.`,
    );
    this.name = 'DataFolderLockedError';
    this.pid = pid;
  }
}

const attempts = 5;

/**
 * Takes the folder for this process until disposed. A lock left by a process that is gone, or by another boot, is taken over.
 * Rejects with `DataFolderLockedError` when the holder lives.
 */
export const lockDataFolder = async (folder: string): Promise<AsyncDisposable> => {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, 'parley.lock');
  const self: Holder = {
    pid: process.pid,
    bootId: bootId(),
    startTicks: startTicksOf(process.pid),
    token: randomUUID(),
  };
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (await claim(file, self)) return { [Symbol.asyncDispose]: () => release(file, self) };
    const holder = await readHolder(file);
    if (holder !== 'gone' && isAlive(holder)) throw new DataFolderLockedError(folder, holder.pid);
    if (holder !== 'gone') await takeAway(file, holder);
  }
  const holder = await readHolder(file);
  throw new DataFolderLockedError(folder, holder === 'gone' ? 0 : holder.pid);
};

/** The process that works on this folder now, or null. Nothing is taken or changed. */
export const dataFolderHolder = async (folder: string): Promise<number | null> => {
  const holder = await readHolder(join(folder, 'parley.lock'));
  return holder !== 'gone' && isAlive(holder) ? holder.pid : null;
};

/** The file appears at once with its content, or not at all: `link` fails when the name is taken. */
const claim = async (file: string, self: Holder): Promise<boolean> => {
  const draft = `${file}.${self.token}`;
  await writeFile(draft, JSON.stringify(self), { flag: 'wx', mode: 0o600 });
  try {
    await link(draft, file);
    return true;
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
};

/** A lock that cannot be read was torn by a power cut: nobody alive wrote it. */
const unreadable: Holder = { pid: 1, bootId: 'unreadable', startTicks: null, token: 'unreadable' };

const readHolder = async (file: string): Promise<Holder | 'gone'> => {
  try {
    const parsed = holderSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.data : unreadable;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 'gone';
    if (error instanceof SyntaxError) return unreadable;
    throw error;
  }
};

/**
 * Removes a dead holder's lock. Renaming is atomic, so of several that try only one gets it; should it turn out to be another's, made
 * in between, it goes back.
 */
const takeAway = async (file: string, dead: Holder): Promise<void> => {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    throw error;
  }
  const taken = await readHolder(aside);
  if (taken !== 'gone' && taken.token !== dead.token) {
    await link(aside, file).catch((error: unknown) => {
      if (!isErrno(error, 'EEXIST')) throw error;
    });
  }
  await rm(aside, { force: true });
};

const release = async (file: string, self: Holder): Promise<void> => {
  const holder = await readHolder(file);
  if (holder !== 'gone' && holder.token === self.token) await rm(file, { force: true });
};

const isAlive = (holder: Holder): boolean => {
  if (holder.bootId !== bootId()) return false;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (!isErrno(error, 'EPERM')) return false;
  }
  const ticks = startTicksOf(holder.pid);
  return holder.startTicks === null || ticks === null || ticks === holder.startTicks;
};

/** Field 22 of /proc/<pid>/stat (proc(5)); the command in parentheses may hold spaces. */
const startTicksOf = (pid: number): string | null => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
};

const isErrno = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;
