import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Loudness, SILENT_LUFS } from './loudness-meter.ts';
import { outputGainFor, withOutputGain } from './output-gain.ts';

const loudness = (integrated: number, truePeak: number): Loudness => ({ integrated, range: 5, truePeak });
const cases: [string, Loudness, number][] = [
  ['quiet speech is brought up', loudness(-26, -14), 10 * 256],
  ['as far as the true peak allows', loudness(-26, -4.5), 3.5 * 256],
  ['what is too loud is brought down', loudness(-12, -1), -4 * 256],
  ['what is right stays', loudness(-16, -1), 0],
  ['silence stays', loudness(SILENT_LUFS, SILENT_LUFS), 0],
];
for (const [name, measured, gain] of cases) {
  test(`output gain: ${name}`, () => {
    assert.equal(outputGainFor(measured, -16, -1), gain);
  });
}

test('a gain never lifts the peak above the bound, and moves both numbers alike', () => {
  for (let truePeak = -20; truePeak < 0; truePeak += 0.37) {
    const measured = loudness(-30, truePeak);
    const after = withOutputGain(measured, outputGainFor(measured, -16, -1));
    assert.ok(after.truePeak <= -1 + 0.005, `${after.truePeak}`);
    assert.ok(Math.abs(after.integrated - measured.integrated - (after.truePeak - measured.truePeak)) < 0.011);
  }
});
