import { join } from 'node:path';

/** Absolute path of the `parley-mux` command, to be started with Node 24: `node <muxCliPath> <folder>`. */
export const muxCliPath: string = join(import.meta.dirname, 'cli.ts');
