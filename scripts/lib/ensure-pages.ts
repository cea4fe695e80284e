import { buildWeb } from '@parley/web/server';

/** Builds the pages where they are missing or older than their sources. What fails is said, and costs the pages alone. */
export const ensurePages = async (say: (line: string) => void): Promise<void> => {
  try {
    if ((await buildWeb()) === 'built') say('The pages were built.');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    say(`The pages could not be built, Parley runs without them: ${reason}`);
    say('Run `npm run setup`, then `npm run build` to see it alone.');
  }
};
