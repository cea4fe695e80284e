import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Prng } from '../core/prng.ts';
import { parseWav } from './audio-source.ts';
import { NetworkLink, type NetworkModel } from './network-model.ts';
import { encodeFrames } from './opus-frames.ts';
import { RtpClock } from './rtp-clock.ts';

const deliveries = (model: NetworkModel, count = 5_000): (readonly number[])[] => {
  const link = new NetworkLink(new Prng(3).fork('link'));
  return Array.from({ length: count }, (_, frame) => link.deliver(model, frame));
};

test('a network without switches delivers every packet once and at once', () => {
  assert.ok(deliveries({}).every((delays) => delays.length === 1 && delays[0] === 0));
});

test('losses come at their rate, alone or in bursts, and the same for the same seed', () => {
  for (const lossBurst of [1, 4]) {
    const fates = deliveries({ lossPercent: 8, lossBurst }).map((delays) => delays.length === 0);
    const lost = fates.filter(Boolean).length;
    assert.ok(lost > 280 && lost < 520, `${lost} lost of 400 expected`);
    const runs = fates.filter((isLost, index) => isLost && !fates[index - 1]).length;
    assert.ok(Math.abs(lost / runs - lossBurst) < lossBurst * 0.3, `runs of ${lost / runs}`);
  }
  assert.deepEqual(deliveries({ lossPercent: 5, jitterMs: 60 }), deliveries({ lossPercent: 5, jitterMs: 60 }));
});

test('one switch does not disturb the dice of another', () => {
  const lost = (model: NetworkModel): number[] =>
    deliveries(model).flatMap((delays, index) => (delays.length === 0 ? [index] : []));
  assert.deepEqual(lost({ lossPercent: 5 }), lost({ lossPercent: 5, jitterMs: 100, duplicatePercent: 20 }));
});

test('jitter, delay, reordering and duplicates stay within their bounds', () => {
  const all = deliveries({ jitterMs: 60, delayMs: 10, duplicatePercent: 10 });
  const delays = all.flat();
  assert.ok(Math.min(...delays) >= 10_000 && Math.max(...delays) <= 73_000);
  const twice = all.filter(({ length }) => length === 2).length;
  assert.ok(twice > 400 && twice < 600);
  const late = deliveries({ reorderPercent: 10 })
    .flat()
    .filter((delay) => delay > 0);
  assert.ok(late.length > 400 && late.every((delay) => delay >= 25_000 && delay <= 45_000));
});

test('a clock counts 120 samples each 2.5 ms, starts speech on its own 20 ms and wraps', () => {
  const clock = new RtpClock(1_234, { startTimestamp: 2 ** 32 - 960, driftPpm: 0, pauseClock: 'advance' });
  assert.equal(clock.dueUs(0), 20_000);
  assert.equal(clock.dueUs(8), 40_000);
  assert.equal(clock.timestamp(8), 0);
  assert.equal(clock.startTick(1_000_001), 400);
  const frozen = new RtpClock(0, { startTimestamp: 0, driftPpm: 0, pauseClock: 'freeze' });
  frozen.startTick(0);
  frozen.spokeUntil(16);
  assert.equal(frozen.timestamp(frozen.startTick(10_000_000)), 16 * 120);
});

test('a clock that runs fast has its ticks due earlier, in proportion', () => {
  const clock = new RtpClock(0, { startTimestamp: 0, driftPpm: 100, pauseClock: 'advance' });
  assert.equal(clock.dueUs(400_000), Math.round(1_000_000_000 / 1.0001));
});

/** A RIFF file with a chunk before the samples, as some writers put one there. */
const wav = (channels: number, rate: number, samples: readonly number[], bits = 16): Buffer => {
  const data = Buffer.alloc(samples.length * 2);
  samples.forEach((sample, index) => {
    data.writeInt16LE(sample, index * 2);
  });
  const format = Buffer.alloc(16);
  format.writeUInt16LE(1, 0);
  format.writeUInt16LE(channels, 2);
  format.writeUInt32LE(rate, 4);
  format.writeUInt16LE(bits, 14);
  const chunk = (id: string, body: Buffer): Buffer => {
    const size = Buffer.alloc(4);
    size.writeUInt32LE(body.length);
    return Buffer.concat([Buffer.from(id), size, body, Buffer.alloc(body.length % 2)]);
  };
  const chunks = [chunk('fmt ', format), chunk('LIST', Buffer.from('odd')), chunk('data', data)];
  return Buffer.concat([Buffer.from('RIFF'), Buffer.alloc(4), Buffer.from('WAVE'), ...chunks]);
};

test('WAV files are read, stereo is mixed, and what Opus cannot take is refused', () => {
  assert.deepEqual(parseWav(wav(1, 16_000, [1, -2, 3]), 'x'), { pcm: Int16Array.from([1, -2, 3]), sampleRate: 16_000 });
  assert.deepEqual(parseWav(wav(2, 48_000, [10, 20, -10, -30]), 'x').pcm, Int16Array.from([15, -20]));
  for (const bad of [wav(1, 44_100, [1]), wav(1, 16_000, [1], 8), Buffer.from('nonsense'), Buffer.alloc(0)]) {
    assert.throws(() => parseWav(bad, 'x'), { code: 'unsupported_audio' });
  }
});

test('frames have the length and channels that are asked for', () => {
  // The two lower bits of a CELT configuration are its frame size: 0 is 2.5 ms, 3 is 20 ms (RFC 6716, table 2).
  for (const [frameMs, size] of [
    [2.5, 0],
    [20, 3],
  ] as const) {
    for (const channels of [1, 2] as const) {
      const noise = new Prng(1);
      const pcm = Int16Array.from({ length: 4_800 }, () => noise.int(-9_000, 9_000));
      const [frame] = encodeFrames({ pcm, sampleRate: 48_000 }, { frameMs, channels });
      const toc = frame?.[0] ?? 0;
      assert.equal((toc >> 3) & 3, size);
      assert.equal((toc >> 2) & 1, channels - 1);
    }
  }
});
