/** Builds the pages. Ends with an exit code other than 0, and the bundler's words, when they cannot be built. */
import { buildWeb } from './web-dist.ts';

process.stdout.write(`The pages: ${await buildWeb()}.\n`);
