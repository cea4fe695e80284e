import assert from 'node:assert/strict';
import { test } from 'node:test';
import { babble, throughRoom } from '../../testing/voice.ts';
import { EchoCorrelator } from './echo-correlator.ts';
import { EchoMeter } from './echo-meter.ts';
import { EchoReference } from './echo-reference.ts';
import { EchoTurns } from './echo-turns.ts';

const SECONDS = 5;
const START_US = 5_000_000;
const bot = babble(1, 110, SECONDS);
const correlator = new EchoCorrelator();

/** Plays `played` and hears `heard` frame by frame at the same time; what the meter said after each frame. */
const heardBeside = (played: Float32Array, heard: Float32Array): (number | undefined)[] => {
  const reference = new EchoReference();
  let nowUs = START_US;
  const turns = new EchoTurns(
    () => 1,
    () => nowUs,
  );
  const meter = new EchoMeter(reference, correlator, turns);
  const said: (number | undefined)[] = [];
  for (let at = 0; at + 960 <= heard.length; at += 960) {
    nowUs = START_US + at / 0.048;
    if (at < played.length) reference.played(played.subarray(at, at + 960), nowUs);
    said.push(meter.hear(heard.subarray(at, at + 960), nowUs));
  }
  return said;
};

const known = (said: readonly (number | undefined)[]): number[] => said.filter((value) => value !== undefined);
const share = (values: readonly number[], fits: (value: number) => boolean): number =>
  values.filter(fits).length / values.length;

for (const delayMs of [50, 120, 300, 550, 800]) {
  test(`the bot’s own voice comes back ${delayMs} ms later, 20 dB down and through a room: it is known as an echo`, () => {
    for (const seed of [11, 12]) {
      const echo = throughRoom(bot, { seed, delayMs, gain: 0.1 });
      const values = known(heardBeside(bot, echo)).slice(50);
      const median = values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
      assert.ok(median >= 0.6, `median ${median}`);
      assert.ok(share(values, (value) => value >= 0.6) >= 0.95, `${share(values, (value) => value >= 0.6)}`);
    }
  });
}

test('an echo of the second before last is found too', () => {
  const echo = throughRoom(bot, { seed: 11, delayMs: 1_500, gain: 0.1 });
  const values = known(heardBeside(bot, echo)).slice(100);
  assert.ok(share(values, (value) => value >= 0.6) >= 0.9);
});

test('another person who speaks while the bot does is no echo', () => {
  for (const [seed, pitch] of [
    [2, 210],
    [3, 115],
    [4, 160],
  ] as const) {
    const values = known(
      heardBeside(
        bot,
        babble(seed, pitch, SECONDS).map((sample) => sample * 0.1),
      ),
    );
    assert.ok(values.length > 100);
    assert.ok(share(values, (value) => value <= 0.3) >= 0.95, `${share(values, (value) => value <= 0.3)}`);
    assert.ok(Math.max(...values) <= 0.4, `${Math.max(...values)}`);
  }
});

test('while the bot has played nothing there is nothing to compare', () => {
  const said = heardBeside(new Float32Array(0), bot);
  assert.deepEqual(known(said), []);
});

test('two seconds after it was last heard the bot is forgotten', () => {
  const said = heardBeside(bot.subarray(0, 48_000), bot);
  assert.notEqual(said[60], undefined);
  assert.equal(said[((1_000 + 2_000) / 20) | 0], undefined);
  assert.equal(said.at(-1), undefined);
});

test('nothing is said before a quarter of a second was heard, and silence is no echo', () => {
  const said = heardBeside(bot, new Float32Array(96_000));
  assert.equal(
    said.findIndex((value) => value !== undefined),
    12,
  );
  assert.ok(known(said).every((value) => value === 0));
});

test('what was played stands where it was played, silence between, the oldest is forgotten', () => {
  const reference = new EchoReference();
  const ones = new Float32Array(960).fill(0.5);
  for (let frame = 0; frame < 10; frame += 1) reference.played(ones, frame * 20_000);
  for (let frame = 0; frame < 10; frame += 1) reference.played(ones, 1_000_000 + frame * 20_000);
  const into = new Float32Array(16_000);
  reference.until(1_200_000, into);
  const at = (ms: number) => into[into.length - (1_200 - ms) * 8 - 1] as number;
  assert.ok(Math.abs(at(100) - 0.5) < 0.01 && Math.abs(at(1_100) - 0.5) < 0.01);
  assert.equal(at(500), 0);
  reference.until(6_000_000, into);
  assert.ok(into.every((sample) => sample === 0));
});
