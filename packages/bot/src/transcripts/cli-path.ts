import { join } from 'node:path';

/** Absolute path of `parley-transcribe`, which the supervisor starts for one recording: `node <path> <folder>`. */
export const transcribeCliPath: string = join(import.meta.dirname, 'cli.ts');
