import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_SMALL_BITRATE, MIN_SMALL_BITRATE, smallBitrate } from './small-copy.ts';

const MiB = 1024 * 1024;
const cases: [name: string, seconds: number, bytes: number, low: number | null, high: number][] = [
  ['ten minutes into 10 MiB: as good as mono speech gets', 600, 10 * MiB, MAX_SMALL_BITRATE, MAX_SMALL_BITRATE],
  ['an hour into 10 MiB', 3600, 10 * MiB, 21_000, 23_000],
  ['two hours into 10 MiB: not any more', 2 * 3600 + 600, 10 * MiB, null, 0],
  ['nothing at all', 0, 10 * MiB, MAX_SMALL_BITRATE, MAX_SMALL_BITRATE],
];
for (const [name, seconds, bytes, low, high] of cases) {
  test(`a small copy of ${name}`, () => {
    const bitrate = smallBitrate(seconds * 48_000, bytes);
    if (low === null) assert.equal(bitrate, null);
    else assert.ok(bitrate !== null && bitrate >= Math.max(low, MIN_SMALL_BITRATE) && bitrate <= high, `${bitrate}`);
  });
}
