import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decoder } from '@evan/opus';
import { tonePackets } from '../testing/tones.ts';
import { opusPacketSamples } from './opus-packet.ts';
import { concealmentAfter, SILENCE_2_5MS, SILENCE_20MS, silenceFill } from './silence.ts';

const packet = (toc: number, ...rest: number[]): Uint8Array => Uint8Array.of(toc, ...rest);
const filled = (toc: number, bytes: number): Uint8Array => Uint8Array.of(toc, ...new Uint8Array(bytes));

test('the duration follows the configuration of the TOC', () => {
  const bySilk = [480, 960, 1920, 2880];
  const expected = [...bySilk, ...bySilk, ...bySilk, 480, 960, 480, 960, ...Array(4).fill([120, 240, 480, 960]).flat()];
  for (let config = 0; config < 32; config += 1) {
    assert.equal(opusPacketSamples(packet(config << 3, 0)), expected[config], `configuration ${config}`);
  }
});

const cases: [string, Uint8Array, number | null][] = [
  ['nothing at all', new Uint8Array(0), null],
  ['a TOC alone asks for concealment', packet(0xf8), 960],
  ['code 0 with the longest frame', filled(0xf8, 1275), 960],
  ['code 0 with a frame that is too long', filled(0xf8, 1276), null],
  ['code 1 with two equal frames', filled(0xf9, 20), 1920],
  ['code 1 with an odd number of bytes', filled(0xf9, 21), null],
  ['code 2 with both frames', packet(0xfa, 2, 1, 1, 1), 1920],
  ['code 2 with a first frame beyond the end', packet(0xfa, 9, 1), null],
  ['code 2 without a length', packet(0xfa), null],
  ['code 2 with half of a long length', packet(0xfa, 252), null],
  ['code 3 without a frame count', packet(0xfb), null],
  ['code 3 with no frames', packet(0xfb, 0), null],
  ['code 3 with six equal frames of 20 ms', filled(0xfb, 1).fill(6, 1), 5760],
  ['code 3 with 140 ms', packet(0xfb, 7), null],
  ['code 3 with frames that do not divide the rest', packet(0xfb, 2, 1, 1, 1), null],
  ['code 3 with padding', packet(0xfb, 0x42, 2, 1, 1, 0, 0), 1920],
  ['code 3 with padding beyond the end', packet(0xfb, 0x42, 9, 1, 1), null],
  ['code 3 with endless padding', packet(0xfb, 0x42, 255, 255), null],
  ['code 3 with lengths', packet(0xfb, 0x82, 1, 7, 7, 7), 1920],
  ['code 3 with lengths beyond the end', packet(0xfb, 0x83, 1, 9, 7, 7), null],
  ['48 frames of 2.5 ms', packet(0xe3, 48), 5760],
  ['49 frames of 2.5 ms', packet(0xe3, 49), null],
];

for (const [name, bytes, samples] of cases) {
  test(`packet: ${name} is ${samples === null ? 'not valid' : `${samples} samples`}`, () => {
    assert.equal(opusPacketSamples(bytes), samples);
  });
}

test('a libopus decoder agrees with the duration of silence and of concealment', () => {
  const decoder = new Decoder({ channels: 2, sample_rate: 48_000 });
  for (const silence of [SILENCE_20MS, SILENCE_2_5MS]) {
    assert.equal(decoder.decode(silence).byteLength / 4, opusPacketSamples(silence));
  }
  const [speech] = tonePackets({ frequency: 440, levelDb: -12 }, 960);
  assert.ok(speech);
  const concealment = concealmentAfter(speech.packet);
  assert.equal(concealment.packet.length, 1);
  assert.equal(concealment.samples, 960);
});

test('a fill is as long as asked for, in as few packets as possible', () => {
  for (const samples of [0, 120, 840, 960, 1080, 48_000, 2880 + 360]) {
    const packets = [...silenceFill(samples)];
    assert.equal(
      packets.reduce((sum, one) => sum + (opusPacketSamples(one.packet) ?? 0), 0),
      samples,
    );
    assert.equal(packets.length, Math.floor(samples / 960) + (samples % 960) / 120);
  }
});

test('a fill off the 2.5 ms grid is refused', () => {
  assert.throws(() => [...silenceFill(100)], RangeError);
  assert.throws(() => [...silenceFill(-120)], RangeError);
});
