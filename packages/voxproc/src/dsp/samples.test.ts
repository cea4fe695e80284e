import assert from 'node:assert/strict';
import { test } from 'node:test';
import { levelsOf } from './levels.ts';
import { downmix, readS16le, writeS16le } from './samples.ts';

test('samples come back as they were, from any alignment', () => {
  const values = [0, 1, -1, 255, -256, 32_767, -32_768];
  const pcm = writeS16le(Float32Array.from(values, (value) => value / 32_768));
  const odd = new Uint8Array(pcm.length + 1);
  odd.set(pcm, 1);
  for (const bytes of [pcm, odd.subarray(1)]) {
    assert.deepEqual(
      [...readS16le(bytes)].map((value) => value * 32_768),
      values,
    );
  }
});

test('what is beyond full scale is clamped, and an odd byte is left out', () => {
  assert.deepEqual([...writeS16le(Float32Array.of(1.5, -1.5))], [0xff, 0x7f, 0x00, 0x80]);
  assert.equal(readS16le(Uint8Array.of(1, 2, 3)).length, 1);
});

test('a buffer that is long enough is used again', () => {
  const into = new Float32Array(4);
  assert.equal(readS16le(Uint8Array.of(0, 64, 0, 32), into).buffer, into.buffer);
  assert.deepEqual([...into.subarray(0, 2)], [0.5, 0.25]);
  assert.equal(downmix(Float32Array.of(1, 0, 0.5, 0.5), into).buffer, into.buffer);
  assert.deepEqual([...into.subarray(0, 2)], [0.5, 0.5]);
  assert.notEqual(readS16le(new Uint8Array(10), into).buffer, into.buffer);
});

test('peak and rms are fractions of full scale', () => {
  assert.deepEqual(levelsOf(Float32Array.of(0.5, -0.5, 0.5, -0.5)), { peak: 0.5, rms: 0.5 });
  assert.deepEqual(levelsOf(Float32Array.of(2, -2)), { peak: 1, rms: 1 });
  assert.deepEqual(levelsOf(new Float32Array(0)), { peak: 0, rms: 0 });
});
