import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../testing/packet-stream.ts';
import { Fft } from './fft.ts';

const noise = (size: number, seed: number): Float64Array => {
  const random = seededRandom(seed);
  return Float64Array.from({ length: size }, () => random() - 0.5);
};

for (const size of [2, 8, 64]) {
  test(`a transform of ${size} is the sum it stands for`, () => {
    const [re, im] = [noise(size, 1), noise(size, 2)];
    const [outRe, outIm] = [re.slice(), im.slice()];
    new Fft(size).forward(outRe, outIm);
    for (let k = 0; k < size; k += 1) {
      let [sumRe, sumIm] = [0, 0];
      for (let n = 0; n < size; n += 1) {
        const angle = (-2 * Math.PI * k * n) / size;
        const [a, b] = [re[n] as number, im[n] as number];
        sumRe += a * Math.cos(angle) - b * Math.sin(angle);
        sumIm += a * Math.sin(angle) + b * Math.cos(angle);
      }
      assert.ok(Math.abs((outRe[k] as number) - sumRe) < 1e-9 && Math.abs((outIm[k] as number) - sumIm) < 1e-9);
    }
  });
}

test('the way back gives what was there', () => {
  const fft = new Fft(1_024);
  const [re, im] = [noise(1_024, 1), noise(1_024, 2)];
  const [outRe, outIm] = [re.slice(), im.slice()];
  fft.forward(outRe, outIm);
  fft.inverse(outRe, outIm);
  for (let n = 0; n < 1_024; n += 1) {
    assert.ok(Math.abs((outRe[n] as number) - (re[n] as number)) < 1e-12);
    assert.ok(Math.abs((outIm[n] as number) - (im[n] as number)) < 1e-12);
  }
});

test('a size that is no power of two is refused', () => {
  for (const size of [0, 1, 12]) assert.throws(() => new Fft(size), RangeError);
});
