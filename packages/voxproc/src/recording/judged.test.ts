import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { judge } from '@parley/mux/testing';
import { type FrameMs, mergePackets, packetsOf, perfectNetwork, plainSpeaker } from '../testing/packet-stream.ts';
import { copyTo, ORIGIN_US, recordAll } from '../testing/simulate.ts';
import { nodeFs } from './recording-fs.ts';

const opusinfo = judge('opusinfo', 'opus-tools');
const run = promisify(execFile);

test('opusinfo has no warning for any segment: losses, pauses, frames of all lengths, mono and stereo', {
  skip: opusinfo.skip,
}, async () => {
  const root = await mkdtemp(join(tmpdir(), 'parley-judged-'));
  try {
    const frames: FrameMs[][] = [[20], [2.5], [5], [10], [40], [60], [20, 10], [60, 2.5, 40]];
    const packets = frames.map((used, index) =>
      packetsOf({
        ...plainSpeaker,
        userId: `10000000000000000${index}`,
        ssrc: index + 1,
        seed: index,
        startUs: ORIGIN_US,
        durationMs: 40_000,
        network: { ...perfectNetwork, jitterMs: 5, loss: 0.05, burst: 3, reorder: 0.02, duplicate: 0.02 },
        ppm: 80,
        frames: used,
        stereo: index % 2 === 0,
        frozenRtp: index % 3 === 0,
      }),
    );
    const { fs } = await recordAll(mergePackets(packets));
    await copyTo(fs, nodeFs, root);
    const files = fs.paths('.ogg').map((path) => join(root, path));
    assert.ok(files.length > 50);
    const { stdout, stderr } = await run(opusinfo.path, files, { maxBuffer: 64 * 1024 * 1024 });
    const words = `${stdout}${stderr}`.split('\n').filter((line) => /warning|error|negative|hole|missing/i.test(line));
    assert.deepEqual(words, []);
    assert.equal(stdout.match(/Playback length/g)?.length, files.length);
  } finally {
    await rm(root, { recursive: true });
  }
});
