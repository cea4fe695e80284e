import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toneLevel } from '@parley/mux/testing';
import { tonePcm } from '../../testing/playback-ears.ts';
import { Utterance } from './utterance.ts';

/** Plays all of an utterance that is complete. */
const playAll = (utterance: Utterance): Float32Array => {
  utterance.phase = { name: 'playing', starts: true };
  const heard: number[] = [];
  for (let then = 'more'; then === 'more'; ) {
    const frame = utterance.frame();
    heard.push(...frame.pcm);
    utterance.sent(frame.samples);
    then = frame.then;
  }
  return Float32Array.from(heard);
};

const sayAll = (pcm: Buffer, chunkSamples: number, rate: number): Utterance => {
  const utterance = new Utterance('u', rate);
  utterance.grantedMs = 60_000;
  let seq = 0;
  for (let at = 0; at < pcm.length; at += 2 * chunkSamples) {
    assert.ok(utterance.accept(seq, pcm.subarray(at, at + 2 * chunkSamples)));
    seq += 1;
  }
  utterance.end(seq);
  return utterance;
};

test('however it is cut, from one sample to a second, the same is heard', () => {
  const pcm = tonePcm(440, 1000, { rate: 24_000 });
  const whole = playAll(sayAll(pcm, 24_000, 24_000));
  for (const chunk of [1, 7, 480, 481, 1023, 12_000]) {
    assert.deepEqual(playAll(sayAll(pcm, chunk, 24_000)), whole, `${chunk}`);
  }
  assert.ok(Math.abs(toneLevel(whole, 440, 4800, 43_200) + 12.04) < 0.1);
  assert.ok(whole.length === 48_000 || whole.length === 48_960);
});

test('leading silence is left out but for 20 ms, and counted; what is silent later is kept', () => {
  for (const [leadMs, floor] of [
    [300, 0],
    [300, 0.002],
    [10, 0],
    [0, 0],
  ] as const) {
    const lead = tonePcm(1000, leadMs, { level: floor });
    const pcm = Buffer.concat([lead, tonePcm(440, 200), tonePcm(440, 300, { level: 0 }), tonePcm(440, 100)]);
    for (const chunk of [100, 24_000]) {
      const utterance = sayAll(pcm, chunk, 24_000);
      const trimmed = utterance.trimmedMs;
      assert.ok(Math.abs(trimmed - Math.max(0, leadMs - 20)) < 2, `${leadMs} ms of ${floor}: ${trimmed}`);
      playAll(utterance);
      assert.ok(Math.abs(utterance.playedMs + trimmed - leadMs - 600) < 0.05);
      assert.ok(utterance.isDone);
    }
  }
});

test('an utterance of nothing but silence is over without a frame', () => {
  const utterance = sayAll(tonePcm(440, 500, { level: 0.001 }), 480, 24_000);
  assert.ok(utterance.isDone);
  assert.deepEqual([utterance.playedMs, utterance.trimmedMs], [0, 500]);
});

test('silence that goes on for long keeps nothing waiting', () => {
  const utterance = new Utterance('u', 24_000);
  utterance.grantedMs = 60_000;
  for (let seq = 0; seq < 50; seq += 1) utterance.accept(seq, tonePcm(440, 200, { level: 0 }));
  assert.equal(utterance.bufferedMs, 20);
  assert.ok(utterance.trimmedMs > 9_900);
});

test('more than was granted is refused, and its place in the order is taken all the same', () => {
  const utterance = new Utterance('u', 24_000);
  utterance.grantedMs = 200;
  assert.equal(utterance.accept(0, tonePcm(440, 200)), true);
  assert.equal(utterance.accept(1, tonePcm(440, 20)), false);
  utterance.grantedMs = 300;
  assert.equal(utterance.accept(2, tonePcm(440, 100)), true);
  assert.equal(utterance.accept(2, tonePcm(440, 0)), false, 'twice');
  utterance.end(3);
  assert.ok(utterance.isComplete);
  assert.ok(Math.abs(utterance.bufferedMs - 300) < 0.05);
});

test('it is complete only when everything before its end has come, in whatever order, or was given up', () => {
  const utterance = new Utterance('u', 24_000);
  utterance.grantedMs = 2000;
  utterance.end(4);
  for (const seq of [1, 0, 3]) utterance.accept(seq, tonePcm(440, 100));
  assert.ok(!utterance.isComplete);
  utterance.giveUpMissing();
  assert.ok(utterance.isComplete);
  assert.equal(utterance.missing, 1);
  assert.ok(Math.abs(utterance.bufferedMs - 300) < 0.05);
  assert.equal(utterance.accept(2, tonePcm(440, 100)), false, 'too late');
});

test('what waits for a message before it is kept, whatever becomes of the bytes it came in', () => {
  const utterance = new Utterance('u', 48_000);
  utterance.grantedMs = 2000;
  const pcm = tonePcm(440, 100, { rate: 48_000 });
  const later = Buffer.from(pcm.subarray(4800));
  utterance.accept(1, later);
  later.fill(0);
  utterance.accept(0, pcm.subarray(0, 4800));
  utterance.end(2);
  const whole = new Utterance('v', 48_000);
  whole.grantedMs = 2000;
  whole.accept(0, pcm);
  whole.end(1);
  assert.deepEqual(playAll(utterance), playAll(whole));
});

test('a frame is played unfaded only while there is something after it to fade', () => {
  const utterance = new Utterance('u', 48_000);
  utterance.grantedMs = 2000;
  utterance.accept(0, tonePcm(440, 24, { rate: 48_000 }));
  utterance.phase = { name: 'playing', starts: false };
  assert.equal(utterance.frame().then, 'dry', 'the frame after it would have less than 5 ms');
  utterance.accept(1, tonePcm(440, 1, { rate: 48_000, from: 24 * 48 }));
  assert.equal(utterance.frame().then, 'more');
  assert.ok(Math.abs(utterance.frame().pcm[959] as number) > 0.001);
  utterance.end(2);
  assert.equal(utterance.frame().then, 'more', '5 ms are left for a frame of their own');
  utterance.sent(960);
  const { then, samples, pcm } = utterance.frame();
  assert.deepEqual([then, samples], ['end', 240]);
  assert.ok(pcm.subarray(240).every((value) => value === 0));
});
