import { resolve } from 'node:path';

/** Where everything that `npm test` starts keeps its compiled code (NODE_COMPILE_CACHE): hundreds of processes run the same modules. */
export const testCompileCache = resolve(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'parley-tests');
