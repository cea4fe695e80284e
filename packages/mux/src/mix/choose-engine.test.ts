import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tryCodec } from '../codec/load-codec.ts';
import { MuxError } from '../mux-error.ts';
import { judge } from '../testing/judge.ts';
import { chooseEngine } from './choose-engine.ts';

const ffmpeg = judge('ffmpeg', 'ffmpeg');
const real = { env: { FFMPEG_PATH: ffmpeg.path } };
const missing = { env: { FFMPEG_PATH: '/nowhere/ffmpeg' } };
const broken = tryCodec(() => {
  throw new Error('not for this machine');
});
const hasCode = (code: string) => (error: unknown) => error instanceof MuxError && error.code === code;

test('libopus needs no ffmpeg', async () => {
  const { engine, ffmpeg: used } = await chooseEngine({ wish: 'sparse', sources: [], ffmpeg: missing });
  assert.deepEqual([engine.name, used], ['sparse', null]);
});

test('without libopus ffmpeg takes over', { skip: ffmpeg.skip }, async () => {
  const { engine, ffmpeg: used } = await chooseEngine({ wish: 'auto', sources: [], ffmpeg: real }, broken);
  assert.deepEqual([engine.name, used?.path], ['ffmpeg-amix', ffmpeg.path]);
});

test('what was asked for by name is not replaced', { skip: ffmpeg.skip }, async () => {
  assert.equal((await chooseEngine({ wish: 'ffmpeg', sources: [], ffmpeg: real })).engine.name, 'ffmpeg-amix');
  await assert.rejects(chooseEngine({ wish: 'ffmpeg', sources: [], ffmpeg: missing }), hasCode('ffmpeg_missing'));
  for (const wish of ['sparse', 'splice'] as const) {
    await assert.rejects(chooseEngine({ wish, sources: [], ffmpeg: real }, broken), (error) => {
      assert.ok(error instanceof MuxError);
      assert.match(error.message, /not for this machine/);
      return error.code === 'codec_missing';
    });
  }
});

test('without libopus and ffmpeg there is no mix, and it is said why', async () => {
  await assert.rejects(chooseEngine({ wish: 'auto', sources: [], ffmpeg: missing }, broken), hasCode('ffmpeg_missing'));
});
