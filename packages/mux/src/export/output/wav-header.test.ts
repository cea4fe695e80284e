import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wavHeader } from './wav-header.ts';

test('a WAV header says what follows', () => {
  const header = wavHeader(48_000);
  assert.equal(header.length, 44);
  assert.equal(header.toString('latin1', 0, 4), 'RIFF');
  assert.equal(header.readUInt32LE(4), 36 + 192_000);
  assert.deepEqual(
    [header.readUInt16LE(20), header.readUInt16LE(22), header.readUInt32LE(24), header.readUInt16LE(34)],
    [1, 2, 48_000, 16],
  );
  assert.equal(header.toString('latin1', 36, 40), 'data');
  assert.equal(header.readUInt32LE(40), 192_000);
});

test('beyond 4 GiB it is RF64, with the lengths in 64 bits', () => {
  const samples = 12 * 3600 * 48_000;
  const header = wavHeader(samples);
  assert.equal(header.length, 80);
  assert.equal(header.toString('latin1', 0, 4), 'RF64');
  assert.equal(header.readUInt32LE(4), 0xffff_ffff);
  assert.equal(header.toString('latin1', 12, 16), 'ds64');
  assert.deepEqual(
    [20, 28, 36].map((at) => Number(header.readBigUInt64LE(at))),
    [72 + samples * 4, samples * 4, samples],
  );
  assert.equal(header.toString('latin1', 72, 76), 'data');
  assert.equal(header.readUInt32LE(76), 0xffff_ffff);
});

test('the largest plain one and the smallest RF64 lie side by side', () => {
  const most = Math.floor((0xffff_ffff - 36) / 4);
  assert.equal(wavHeader(most).length, 44);
  assert.equal(wavHeader(most + 1).length, 80);
});
