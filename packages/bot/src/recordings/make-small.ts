import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fetchingEnvironment } from '../vox/child-handle.ts';

const run = promisify(execFile);

/** Making a mono copy of some hours may take this long, milliseconds. */
const smallTimeoutMs = 30 * 60_000;

/** `parley-mux <folder> --small <bytes>`: a mono copy of the mix that fits. @throws when it does not, or there is no such thing. */
export const makeSmallWith =
  ({ cliPath, env }: { readonly cliPath: string; readonly env: Readonly<Record<string, string>> }) =>
  async (folder: string, bytes: number): Promise<{ file: string }> => {
    const { stdout } = await run(process.execPath, [cliPath, folder, '--small', String(bytes), '--json'], {
      env: { ...fetchingEnvironment(process.env), ...env },
      timeout: smallTimeoutMs,
      maxBuffer: 16 * 1024 * 1024,
    });
    const last = stdout.trim().split('\n').at(-1) ?? '';
    const { file } = JSON.parse(last) as { file?: unknown };
    if (typeof file !== 'string') throw new Error('parley-mux did not name a small copy');
    return { file };
  };
