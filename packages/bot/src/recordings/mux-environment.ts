import type { Settings } from '../config/settings-schema.ts';

/** What `parley-mux` is told in its environment: where things are, and how to mix. */
export const muxEnvironment = ({
  dataDir,
  ffmpegPath,
  mix,
}: Pick<Settings, 'dataDir' | 'ffmpegPath' | 'mix'>): Record<string, string> => ({
  PARLEY_DATA_DIR: dataDir,
  ...(ffmpegPath !== undefined && { FFMPEG_PATH: ffmpegPath }),
  PARLEY_MIX_ENGINE: mix.engine,
  PARLEY_MIX_JOBS: String(mix.jobs),
  ...(mix.loudness !== undefined && { PARLEY_MIX_LOUDNESS: String(mix.loudness) }),
});
