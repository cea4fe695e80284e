import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSettings } from '../config/settings-schema.ts';
import { muxEnvironment } from './mux-environment.ts';

test('the mixer is told where things are, and how to mix only as far as somebody said so', () => {
  assert.deepEqual(muxEnvironment(parseSettings({ dataDir: '/d' })), {
    PARLEY_DATA_DIR: '/d',
    PARLEY_MIX_ENGINE: 'auto',
    PARLEY_MIX_JOBS: '1',
  });
  const settings = { dataDir: '/d', ffmpegPath: '/f', mix: { engine: 'ffmpeg', jobs: 2, loudness: -16 } } as const;
  assert.deepEqual(muxEnvironment(parseSettings(settings)), {
    PARLEY_DATA_DIR: '/d',
    FFMPEG_PATH: '/f',
    PARLEY_MIX_ENGINE: 'ffmpeg',
    PARLEY_MIX_JOBS: '2',
    PARLEY_MIX_LOUDNESS: '-16',
  });
});
