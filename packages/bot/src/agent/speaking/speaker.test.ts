import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { FakeSpeechPort, refusing } from '../testing/fake-speech-port.ts';
import { queueMs } from './audio-queue.ts';
import { Speaker } from './speaker.ts';
import type { SpokenOver } from './spoken.ts';
import { pieceMs, stuckMs } from './utterance.ts';

const rate = 24_000;
/** `ms` of audio whose samples count upwards, so that order and completeness can be seen. */
const audio = (ms: number, first = 0): Uint8Array => {
  const samples = Int16Array.from({ length: (ms * rate) / 1000 }, (_, at) => (first + at) % 30_000);
  return new Uint8Array(samples.buffer);
};

const rig = () => {
  const voxproc = new FakeSpeechPort();
  const clock = new FakeClock();
  const told: (string | SpokenOver)[] = [];
  const overflow: number[] = [];
  let ids = 0;
  const speaker = new Speaker({
    ...{ voxproc, clock, onOverflow: (ms) => overflow.push(ms) },
    newUtteranceId: () => {
      ids += 1;
      return `u${ids}`;
    },
  });
  const spoken = speaker.open({
    speaking: () => told.push('speaking'),
    sounding: () => told.push('sounding'),
    over: (over) => told.push(over),
  });
  const over = () => told.find((what): what is SpokenOver => typeof what !== 'string');
  return { voxproc, clock, told, overflow, speaker, spoken, over };
};

test('audio goes out in small pieces as far as it is granted, in order and complete, then the end is told', async () => {
  const { voxproc, spoken, speaker } = rig();
  const whole = audio(3000);
  for (let at = 0; at < whole.length; at += 10_001) spoken.audio('r', 'i', whole.subarray(at, at + 10_001), rate);
  spoken.finish();
  await settle();
  assert.equal(voxproc.sentMs(rate), 2000, 'what was granted and not more');
  assert.ok(voxproc.audio.every(({ pcm }) => pcm.length <= (pieceMs * rate * 2) / 1000));
  speaker.credit({ utteranceId: 'u1', ms: 2010 });
  assert.equal(voxproc.sentMs(rate), 2000, 'ten milliseconds are not worth a piece');
  speaker.credit({ utteranceId: 'u1', ms: 2500 });
  assert.equal(voxproc.sentMs(rate), 2500);
  speaker.credit({ utteranceId: 'u1', ms: 9000 });
  await settle();
  assert.deepEqual(Buffer.concat(voxproc.audio.map(({ pcm }) => pcm)), Buffer.from(whole));
  assert.deepEqual(
    voxproc.audio.map(({ seq }) => seq),
    voxproc.audio.map((_, at) => at),
  );
  const end = voxproc.asked.find(({ name }) => name === 'speech.end');
  assert.equal(end?.params.frames, voxproc.audio.length);
});

test('what was heard of each item is what was played and what was trimmed, item by item', async () => {
  const { spoken, speaker, over, voxproc, told } = rig();
  spoken.audio('r', 'first', audio(500), rate);
  spoken.audio('r', 'second', audio(700), rate);
  await settle();
  speaker.started({ utteranceId: 'u1', at: 0, position: 0, trimmedMs: 100 });
  speaker.progress({ utteranceId: 'u1', playedMs: 600, bufferedMs: 0 });
  assert.deepEqual(spoken.items, [
    { itemId: 'first', heardMs: 500, totalMs: 500 },
    { itemId: 'second', heardMs: 200, totalMs: 700 },
  ]);
  voxproc.played = { playedMs: 640, trimmedMs: 100, discardedMs: 460 };
  const heard = await spoken.cut();
  assert.deepEqual(
    heard.map(({ heardMs }) => heardMs),
    [500, 240],
  );
  assert.deepEqual([over()?.heardMs, over()?.outcome], [640, 'cancelled']);
  assert.deepEqual(told.slice(0, 2), ['speaking', 'sounding']);
});

test('what was cut before its first frame was not heard at all, however much silence was trimmed', async () => {
  const { spoken, voxproc } = rig();
  spoken.audio('r', 'i', audio(500), rate);
  await settle();
  voxproc.played = { playedMs: 0, trimmedMs: 80, discardedMs: 420 };
  assert.deepEqual(await spoken.cut(), [{ itemId: 'i', heardMs: 0, totalMs: 500 }]);
});

test('a cut says nothing more: what comes late goes nowhere, and it is over once', async () => {
  const { spoken, voxproc, told, speaker } = rig();
  spoken.audio('r', 'i', audio(100), rate);
  await settle();
  await spoken.cut();
  spoken.audio('r', 'i', audio(100), rate);
  spoken.audio('r2', 'i2', audio(100), rate);
  speaker.finished({ utteranceId: 'u1', playedMs: 0, trimmedMs: 0, outcome: 'cancelled' });
  await settle();
  assert.deepEqual([voxproc.sentMs(rate), told.length], [100, 2]);
});

test('a reply of two responses is over when both were played', async () => {
  const { spoken, speaker, over } = rig();
  spoken.audio('r1', 'a', audio(100), rate);
  spoken.responseOver('r1');
  await settle();
  speaker.finished({ utteranceId: 'u1', playedMs: 100, trimmedMs: 0, outcome: 'played' });
  assert.equal(over(), undefined, 'a tool may still answer');
  spoken.audio('r2', 'b', audio(60), rate);
  spoken.finish();
  await settle();
  speaker.finished({ utteranceId: 'u2', playedMs: 60, trimmedMs: 0, outcome: 'played' });
  assert.deepEqual([over()?.heardMs, over()?.outcome], [160, 'played']);
});

test('a pause holds what plays and what comes meanwhile', async () => {
  const { spoken, voxproc } = rig();
  spoken.audio('r1', 'a', audio(100), rate);
  await settle();
  await spoken.pause();
  spoken.audio('r2', 'b', audio(100), rate);
  await settle();
  await spoken.resume();
  const held = voxproc.asked.filter(({ name }) => name === 'speech.pause' || name === 'speech.resume');
  assert.deepEqual(
    held.map(({ name, params }) => `${name} ${String(params.utteranceId)}`),
    ['speech.pause u1', 'speech.pause u2', 'speech.resume u1', 'speech.resume u2'],
  );
});

test('a reply without a sound is over as soon as nothing follows', () => {
  const { spoken, over } = rig();
  spoken.finish();
  assert.deepEqual(over(), { heardMs: 0, items: [], outcome: null });
});

test('a refusal, the end of the audio process and an end that cannot be told each end it', async () => {
  for (const [name, outcome] of [
    ['speech.begin', 'refused'],
    ['speech.end', 'aborted'],
  ] as const) {
    const { spoken, voxproc, over } = rig();
    voxproc.answers = { [name]: refusing('link_closed') };
    spoken.audio('r', 'i', audio(100), rate);
    spoken.finish();
    await settle();
    assert.equal(over()?.outcome, outcome);
  }
  const { spoken, speaker, over } = rig();
  spoken.audio('r', 'i', audio(100), rate);
  await settle();
  speaker.lost();
  assert.equal(over()?.outcome, 'lost');
});

test('an utterance of which nothing is heard any more is given up, one that is held or waits for words is not', async () => {
  const { spoken, speaker, over, clock, voxproc } = rig();
  spoken.audio('r', 'i', audio(1000), rate);
  await settle();
  speaker.started({ utteranceId: 'u1', at: 0, position: 0, trimmedMs: 0 });
  await spoken.pause();
  clock.advance(stuckMs * 2);
  assert.equal(over(), undefined, 'it is held');
  await spoken.resume();
  speaker.progress({ utteranceId: 'u1', playedMs: 1000, bufferedMs: 0 });
  clock.advance(stuckMs * 2);
  assert.equal(over(), undefined, 'a tool may take long');
  spoken.finish();
  await settle();
  speaker.progress({ utteranceId: 'u1', playedMs: 1000, bufferedMs: 0 });
  clock.advance(stuckMs + 1);
  assert.equal(over()?.outcome, 'stuck');
  assert.ok(voxproc.names.includes('speech.cancel'));
  assert.equal(clock.timers, 0);
});

test('more than is kept is dropped and counted', async () => {
  const { spoken, overflow, voxproc } = rig();
  voxproc.grantMs = 0;
  for (let ms = 0; ms < queueMs + 1000; ms += 1000) spoken.audio('r', 'i', audio(1000), rate);
  assert.equal(spoken.queuedMs, queueMs);
  assert.deepEqual(overflow, [1000]);
});
