import { findFfmpeg } from '@parley/mux';
import type { Settings } from '../config/settings-schema.ts';

/** The ffmpeg the mixer would use, without fetching one; null when there is none. */
export const localFfmpeg = async ({
  ffmpegPath,
  dataDir,
}: Pick<Settings, 'ffmpegPath' | 'dataDir'>): Promise<string | null> => {
  try {
    const env = { ...process.env, ...(ffmpegPath === undefined ? {} : { FFMPEG_PATH: ffmpegPath }) };
    return (await findFfmpeg({ env, dataDir, allowFetch: false })).path;
  } catch {
    return null;
  }
};
