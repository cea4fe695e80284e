import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OpusDecoder } from '@parley/mux';
import { toneSamples } from '@parley/mux/testing';
import { largestStep } from '../../testing/playback-ears.ts';
import { fadeIn, fadeOut } from './fade.ts';
import { FrameMix } from './frame-mix.ts';
import { CEILING, Limiter } from './limiter.ts';
import { Ramp } from './ramp.ts';
import { SampleQueue } from './sample-queue.ts';

const stereoOf = (mono: Float32Array): Float32Array =>
  Float32Array.from({ length: 2 * mono.length }, (_, at) => mono[at >> 1] as number);
const leftOf = (stereo: Float32Array | Int16Array): Float32Array =>
  Float32Array.from({ length: stereo.length / 2 }, (_, at) => stereo[2 * at] as number);

test('a ramp goes in a straight line to where it is sent, sample by sample, wherever it is', () => {
  const ramp = new Ramp(1);
  ramp.goTo(0.15, 300);
  const gains: number[] = [];
  for (let frame = 0; frame < 8; frame += 1) {
    const stereo = new Float32Array(1920).fill(1);
    ramp.apply(stereo);
    gains.push(...leftOf(stereo));
    assert.ok(
      stereo.every((value, at) => value === stereo[at ^ 1]),
      'both channels alike',
    );
  }
  for (const at of [0, 959, 960, 4800, 7679]) {
    assert.ok(Math.abs((gains[at] as number) - (1 - (0.85 * (at + 1)) / 14_400)) < 1e-4, `${at}`);
  }
  ramp.goTo(1, 300);
  const back = new Float32Array(1920).fill(1);
  ramp.apply(back);
  assert.ok(Math.abs((back[0] as number) - (gains.at(-1) as number)) < 1e-3, 'it turns round where it is');
  for (let frame = 0; frame < 20; frame += 1) ramp.apply(new Float32Array(1920));
  assert.equal(ramp.value, 1);
  assert.equal(ramp.isMoving, false);
});

test('a ramp that is told again where it goes anyway does not begin anew', () => {
  const ramp = new Ramp(1);
  ramp.goTo(0, 20);
  ramp.apply(new Float32Array(960));
  ramp.goTo(0, 20);
  ramp.apply(new Float32Array(960));
  assert.equal(ramp.value, 0);
  ramp.goTo(0.5, 0);
  assert.equal(ramp.value, 0.5);
});

test('fades go from and to nothing, and reach no farther than they are told', () => {
  const pcm = new Float32Array(960).fill(1);
  fadeIn(pcm, 1, 240);
  fadeOut(pcm, 1, 240);
  assert.ok((pcm[0] as number) < 0.005 && (pcm[959] as number) < 0.005);
  assert.ok(pcm.subarray(240, 720).every((value) => value === 1));
  assert.ok(largestStep(pcm) < 0.005);
  const short = Float32Array.of(1, 1, 1, 1);
  fadeOut(short, 2, 240);
  assert.ok((short[0] as number) > (short[2] as number));
});

test('the limiter leaves alone what is below −1 dBFS', () => {
  const limiter = new Limiter();
  const stereo = stereoOf(toneSamples({ frequency: 440, levelDb: -1.1 }, 9600));
  const out = new Int16Array(stereo.length);
  limiter.write(stereo, out);
  assert.equal(limiter.gain, 1);
  assert.ok(out.every((value, at) => Math.abs(value - (stereo[at] as number) * 32_768) <= 0.5));
});

test('nothing passes −1 dBFS, however loud and however sudden, and the gain comes back slowly without a jump', () => {
  const limiter = new Limiter();
  const loud = toneSamples({ frequency: 440, levelDb: 9 }, 9600);
  const quiet = toneSamples({ frequency: 440, levelDb: -12 }, 48_000);
  const stereo = stereoOf(Float32Array.of(...quiet.subarray(0, 9600), ...loud, ...quiet));
  const out = new Int16Array(stereo.length);
  for (let at = 0; at < stereo.length; at += 1920)
    limiter.write(stereo.subarray(at, at + 1920), out.subarray(at, at + 1920));
  const left = leftOf(out).map((value) => value / 32_768);
  assert.ok(left.every((value) => Math.abs(value) <= CEILING + 1e-4));
  assert.ok(
    largestStep(left.subarray(10_000, 19_000)) < 0.12,
    'no jumps: 440 Hz clipped at full level steps by 0.16 at most',
  );
  const peakOf = (from: number) => Math.max(...left.subarray(from, from + 480));
  assert.ok(peakOf(19_300) < 0.12, 'still low after the loud part');
  assert.ok(peakOf(19_200 + 24_000) > 0.24, 'back after half a second');
});

test('nothing of what was encoded before comes out after somebody else’s packets', () => {
  using mix = new FrameMix();
  using decoder = new OpusDecoder();
  const speech = toneSamples({ frequency: 440, levelDb: -6 }, 960);
  for (let frame = 0; frame < 5; frame += 1) mix.encode({ speech });
  assert.ok(mix.holdsBack);
  mix.interrupted();
  assert.ok(!mix.holdsBack);
  const pcm = decoder.decode(mix.encode({ speech: new Float32Array(960) }));
  assert.ok(pcm.every((sample) => Math.abs(sample) < 20));
  assert.ok(!mix.holdsBack);
});

test('going from a voice to music and back has no seam', () => {
  using mix = new FrameMix();
  using decoder = new OpusDecoder();
  const tone = toneSamples({ frequency: 230, levelDb: -12 }, 150 * 960);
  const heard: number[] = [];
  for (let frame = 0; frame < 150; frame += 1) {
    const speech = tone.subarray(frame * 960, (frame + 1) * 960);
    // Music that is silent: what is heard is the voice alone, once as mono and once as stereo.
    const pcm = decoder.decode(
      mix.encode({ speech, music: frame >= 50 && frame < 100 ? new Float32Array(1920) : null }),
    );
    heard.push(...leftOf(pcm).map((sample) => sample / 32_768));
  }
  assert.ok(largestStep(Float32Array.from(heard)) < 0.011, 'the tone itself steps by 0.0076');
  for (const frame of [49, 50, 51, 99, 100, 101]) {
    const peak = Math.max(...heard.slice(frame * 960, (frame + 1) * 960).map(Math.abs));
    assert.ok(Math.abs(peak - 0.25) < 0.03, `${frame}: ${peak}`);
  }
});

test('a queue gives samples in order through growth, wrap and clearing', () => {
  const queue = new SampleQueue(2);
  let pushed = 0;
  let taken = 0;
  for (let round = 0; round < 500; round += 1) {
    const count = 1 + ((round * 7919) % 900);
    queue.push(Float32Array.from({ length: 2 * count }, (_, at) => pushed + (at >> 1)));
    pushed += count;
    const want = (round * 104_729) % 850;
    const got = queue.peek(want);
    assert.ok(got.every((value, at) => value === taken + (at >> 1)));
    queue.drop(want);
    taken = Math.min(pushed, taken + want);
    assert.equal(queue.length, pushed - taken);
  }
  assert.ok(queue.length > 10_000);
  queue.clear();
  assert.deepEqual([queue.length, queue.peek(10).length], [0, 0]);
});
