import { spawn } from 'node:child_process';
import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';
import { TranscriptionError } from '../transcription-error.ts';

const mayRun = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
};

/** The program at this path, or of one of these names on PATH. @throws TranscriptionError `engine_missing` */
export const findTool = (
  given: string | null,
  names: readonly string[],
  searchPath = process.env.PATH ?? '',
): string => {
  if (given !== null && (isAbsolute(given) || given.includes('/'))) {
    if (mayRun(given)) return given;
    throw new TranscriptionError('engine_missing', `${given} is no program`);
  }
  const wanted = given === null ? names : [given];
  for (const folder of searchPath.split(delimiter).filter((one) => one !== '')) {
    const found = wanted.map((name) => join(folder, name)).find(mayRun);
    if (found !== undefined) return found;
  }
  throw new TranscriptionError('engine_missing', `no ${wanted.join(' or ')} on PATH`);
};

/** What a recognizer may say at most; more is no transcript. */
const maxOutputBytes = 32 * 1024 * 1024;

/**
 * Runs a recognizer to its end. Its error output is not kept: some say there what they hear.
 * @returns what it wrote to standard output @throws TranscriptionError `tool_failed`; the signal's reason, the program ended
 */
export const runTool = async (program: string, args: readonly string[], signal: AbortSignal): Promise<string> => {
  signal.throwIfAborted();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
  const blocks: Buffer[] = [];
  let bytes = 0;
  child.stdout.on('data', (block: Buffer) => {
    bytes += block.length;
    if (bytes > maxOutputBytes) child.kill('SIGKILL');
    else blocks.push(block);
  });
  const kill = (): void => void child.kill('SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  const { promise, resolve } = Promise.withResolvers<string | null>();
  child.once('error', (error) => resolve(error.message));
  child.once('close', (code, by) => resolve(code === 0 ? null : by === null ? `exit code ${code}` : `signal ${by}`));
  const problem = await promise;
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  if (problem !== null) throw new TranscriptionError('tool_failed', `${program}: ${problem}`);
  return Buffer.concat(blocks).toString('utf8');
};
