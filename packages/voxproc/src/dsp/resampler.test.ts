import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../testing/packet-stream.ts';
import { Resampler } from './resampler.ts';

const tone = (hz: number, rate: number, samples: number): Float32Array =>
  Float32Array.from({ length: samples }, (_, index) => Math.sin((2 * Math.PI * hz * index) / rate));

const noise = (samples: number): Float32Array => {
  const random = seededRandom(7);
  return Float32Array.from({ length: samples }, () => random() * 2 - 1);
};

/** Everything that comes out for `input`, cut into pieces of the given lengths in turn. */
const converted = (from: number, to: number, input: Float32Array, pieces: readonly number[]): Float32Array => {
  const resampler = new Resampler({ from, to });
  const out: number[] = [];
  for (let at = 0, turn = 0; at < input.length; turn += 1) {
    const length = pieces[turn % pieces.length] ?? input.length;
    out.push(...resampler.push(input.subarray(at, at + length)));
    at += length;
  }
  out.push(...resampler.flush());
  return Float32Array.from(out);
};

/** The level of one frequency in dB (a sine of full scale reads 0), by projection on sine and cosine. */
const levelAt = (samples: Float32Array, rate: number, hz: number): number => {
  let [re, im] = [0, 0];
  samples.forEach((sample, index) => {
    const angle = (2 * Math.PI * hz * index) / rate;
    re += sample * Math.cos(angle);
    im += sample * Math.sin(angle);
  });
  return 20 * Math.log10((2 * Math.hypot(re, im)) / samples.length + 1e-9);
};

const peakDb = (samples: Float32Array): number =>
  20 * Math.log10(samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0) + 1e-9);

const rates: readonly (readonly [from: number, to: number])[] = [
  [48_000, 8_000],
  [48_000, 11_025],
  [48_000, 16_000],
  [48_000, 22_050],
  [48_000, 24_000],
  [48_000, 44_100],
  [48_000, 15_999],
  [48_000, 48_000],
  [24_000, 48_000],
  [16_000, 48_000],
  [44_100, 48_000],
];

for (const [from, to] of rates) {
  const lower = Math.min(from, to);
  const second = tone(1, from, from);
  const middle = (samples: Float32Array) => samples.subarray(to / 4, (3 * to) / 4);

  test(`${from} to ${to} Hz: any pieces give the same samples, as many as the rates say`, () => {
    const input = noise(4_801);
    const whole = converted(from, to, input, [input.length]);
    assert.equal(whole.length, Math.ceil((input.length * to) / from));
    for (const pieces of [[960], [1, 7, 480, 3], [1], [120, 2880]]) {
      assert.deepEqual(converted(from, to, input, pieces), whole);
    }
  });

  test(`${from} to ${to} Hz: the pass band is flat up to 0.4 of the lower rate`, () => {
    for (const share of [0.01, 0.1, 0.2, 0.3, 0.35, 0.4]) {
      const hz = Math.round(lower * share);
      const level = levelAt(middle(converted(from, to, tone(hz, from, second.length), [960])), to, hz);
      assert.ok(Math.abs(level) <= 0.5, `${hz} Hz: ${level} dB`);
    }
  });

  if (from > to) {
    test(`${from} to ${to} Hz: what the lower rate cannot hold is 70 dB down`, () => {
      for (const share of [0.502, 0.55, 0.7, 1, 1.3]) {
        const hz = Math.round(to * share);
        if (hz >= from / 2) continue;
        const level = peakDb(middle(converted(from, to, tone(hz, from, second.length), [960])));
        assert.ok(level <= -70, `${hz} Hz: ${level} dB`);
      }
    });
  }

  if (from < to) {
    test(`${from} to ${to} Hz: no image above the input's band`, () => {
      const hz = Math.round(from * 0.4);
      const up = middle(converted(from, to, tone(hz, from, second.length), [960]));
      assert.ok(levelAt(up, to, from - hz) <= -70, `${levelAt(up, to, from - hz)} dB`);
    });
  }

  test(`${from} to ${to} Hz: every sample stands at its own instant`, () => {
    const hz = lower / 40;
    const out = converted(from, to, tone(hz, from, from), [333]);
    const wanted = tone(hz, to, out.length);
    for (let index = Math.ceil(to / 10); index < out.length - to / 10; index += 1) {
      assert.ok(Math.abs((out[index] as number) - (wanted[index] as number)) < 1e-3, `sample ${index}`);
    }
  });
}

test('what waits for input is no more than the kernel needs, and a new stream begins after the flush', () => {
  const resampler = new Resampler({ from: 48_000, to: 16_000 });
  const first = resampler.push(new Float32Array(960)).length;
  assert.equal(resampler.delaySamples, 72);
  assert.equal(first, (960 - 72) / 3);
  assert.equal(resampler.push(new Float32Array(960)).length, 320);
  assert.equal(first + 320 + resampler.flush().length, 640);
  assert.equal(resampler.flush().length, 0);
  const input = noise(2_000);
  const again = [...resampler.push(input), ...resampler.flush()];
  assert.deepEqual(Float32Array.from(again), converted(48_000, 16_000, input, [2_000]));
});

test('a constant stays what it is', () => {
  const out = converted(48_000, 44_100, new Float32Array(48_000).fill(0.5), [960]);
  for (let index = 1_000; index < 43_000; index += 1) assert.ok(Math.abs((out[index] as number) - 0.5) < 1e-5);
});
