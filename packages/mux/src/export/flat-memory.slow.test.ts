import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judge } from '../testing/judge.ts';
import { writeLongRecording } from '../testing/long-recording.ts';
import { TempFolder } from '../testing/temp-folder.ts';
import { exportRecording } from './export-recording.ts';

const ffmpeg = judge('ffmpeg', 'ffmpeg');
const MB = 1e6;
/** What is held besides what is lasting: pieces on their way, and what the collector has not looked at yet. */
const MOST_BYTES = 50 * MB;

test('memory does not grow with what is exported', { skip: ffmpeg.skip }, async (t) => {
  using folder = new TempFolder();
  writeLongRecording(folder.file('rec'), { seconds: 300, people: 2, segments: 120, speechSeconds: 200 });
  const held = (): number => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  const before = held();
  let most = 0;
  const watch = setInterval(() => {
    most = Math.max(most, held() - before);
  }, 10);
  try {
    const { bytes } = await exportRecording(folder.file('rec'), {
      ...{ formats: ['opus', 'wav'], out: folder.file('x.zip'), ffmpeg: { env: { FFMPEG_PATH: ffmpeg.path } } },
    });
    t.diagnostic(`${(bytes / MB).toFixed(0)} MB exported, at most ${(most / MB).toFixed(1)} MB held`);
    assert.ok(bytes > 2 * MOST_BYTES, `${bytes}`);
    assert.ok(most < MOST_BYTES, `${most} bytes held`);
  } finally {
    clearInterval(watch);
  }
});
