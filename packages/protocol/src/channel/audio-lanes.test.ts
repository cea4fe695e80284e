import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelPair } from '../testing/channel-pair.ts';
import { settle } from '../testing/fake-clock.ts';
import { maxSpeechBytes } from './speech-lane.ts';

type Pair = ReturnType<typeof channelPair>;

const person = (index: number): string => String(100_000_000_000_000_000n + BigInt(index));

/** Sends 20 ms of captured audio whose position is its number. */
const capture = ({ voxproc }: Pair, number: number, who = 1, bytes = 640): void =>
  voxproc.notify('capture.audio', {
    captureId: `capture-${who}`,
    userId: person(who),
    position: number,
    pcm: new Uint8Array(bytes),
    peak: 0.5,
    rms: 0.1,
  });

const ended = ({ voxproc }: Pair, who = 1): void =>
  voxproc.notify('capture.ended', {
    captureId: `capture-${who}`,
    userId: person(who),
    reason: 'silence',
    durationMs: 20,
    position: 960,
  });

/** What the supervisor hears, in its order. */
const hear = ({ supervisor }: Pair): string[] => {
  const heard: string[] = [];
  supervisor.onNotification('capture.audio', ({ userId, position }) => heard.push(`${userId.at(-1)}:${position}`));
  supervisor.onNotification('capture.ended', ({ userId }) => heard.push(`${userId.at(-1)} ended`));
  supervisor.onNotification('capture.overflow', ({ userId, droppedMs }) =>
    heard.push(`${userId.at(-1)} lost ${droppedMs}`),
  );
  supervisor.onNotification('participant.left', ({ userId }) => heard.push(`left ${userId.at(-1)}`));
  return heard;
};

test('a reader that keeps up hears every piece in its order, and the end after all of it', async () => {
  const pair = channelPair();
  const heard = hear(pair);
  for (let number = 0; number < 200; number += 1) {
    capture(pair, number);
    if (number % 10 === 9) await settle();
  }
  ended(pair);
  await settle();
  assert.deepEqual(heard, [...Array.from({ length: 200 }, (_, number) => `1:${number}`), '1 ended']);
  assert.equal(pair.voxproc.dropped.captureMs, 0);
});

test('control overtakes audio: behind a flood it waits for one audio frame at most', async () => {
  const pair = channelPair({ highWaterMark: 16 });
  const heard = hear(pair);
  pair.supervisorStream.pause();
  for (let number = 0; number < 20; number += 1) capture(pair, number);
  const before = pair.voxprocStream.writableLength;
  assert.ok(before < 2 * 900, `${before} bytes of audio are in the stream`);
  pair.voxproc.notify('participant.left', { userId: person(2) });
  for (let number = 20; number < 25; number += 1) capture(pair, number);
  pair.supervisorStream.resume();
  await settle();
  // One piece was on its way into the reader, and one may stand in the stream.
  assert.ok(heard.indexOf('left 2') <= 2, heard.slice(0, 4).join());
  assert.equal(heard.filter((what) => what.startsWith('1:')).length, 25);
});

test('the stream holds one frame of audio at most, whatever it would take', async () => {
  const pair = channelPair();
  pair.supervisorStream.pause();
  for (let number = 0; number < 200; number += 1) {
    capture(pair, number, 1, 1_920);
    await null;
    if (number % 20 === 0) await settle();
    assert.ok(pair.voxprocStream.writableLength <= 2_100, `${pair.voxprocStream.writableLength} bytes`);
  }
});

test('a reader that stands still misses the oldest, is told how much of whom, and then hears the newest', async () => {
  const pair = channelPair({ highWaterMark: 16 });
  const heard = hear(pair);
  pair.supervisorStream.pause();
  for (let number = 0; number < 100; number += 1) {
    capture(pair, number, 1);
    capture(pair, number, 2);
  }
  pair.supervisorStream.resume();
  while (heard.length < 50) await settle();
  await settle();
  const of = (who: number) => heard.filter((what) => what.startsWith(`${who}`));
  for (const who of [1, 2]) {
    const pieces = of(who).filter((what) => what.includes(':'));
    assert.deepEqual(
      pieces.slice(-25),
      Array.from({ length: 25 }, (_, index) => `${who}:${index + 75}`),
    );
    const lost = of(who).filter((what) => what.includes('lost'));
    assert.deepEqual(lost, [`${who} lost ${(100 - pieces.length) * 20}`]);
    assert.ok(heard.indexOf(lost[0] as string) < heard.indexOf(`${who}:75`), 'told before the rest');
  }
});

test('the end of a capture never overtakes its audio', async () => {
  const pair = channelPair({ highWaterMark: 16 });
  const heard = hear(pair);
  pair.supervisorStream.pause();
  for (let number = 0; number < 10; number += 1) capture(pair, number);
  ended(pair);
  capture(pair, 0, 2);
  pair.supervisorStream.resume();
  while (heard.length < 12) await settle();
  assert.deepEqual(heard.slice(-3), ['1:9', '1 ended', '2:0']);
});

test('after a person’s audio was given up none of it is heard, others’ is', async () => {
  const pair = channelPair({ highWaterMark: 16 });
  const heard = hear(pair);
  pair.supervisorStream.pause();
  capture(pair, 0, 2);
  for (let number = 0; number < 10; number += 1) capture(pair, number);
  ended(pair);
  assert.equal(pair.voxproc.discardAudio(person(1)), 200);
  await pair.voxproc.audioTaken(person(3));
  let isTaken = false;
  void pair.voxproc.audioTaken(person(1)).then(() => {
    isTaken = true;
  });
  await null;
  assert.equal(isTaken, false);
  pair.supervisorStream.resume();
  while (heard.length < 2) await settle();
  assert.deepEqual(heard, ['2:0', '1 ended']);
  assert.equal(isTaken, true);
});

test('a reader that never reads costs no more than the bounds', async () => {
  const pair = channelPair();
  pair.supervisorStream.pause();
  for (let number = 0; number < 5_000; number += 1) capture(pair, number, number % 50, 1_920);
  assert.ok(pair.voxprocStream.writableLength <= 65_536 + 2_100);
  const kept = 5_000 * 20 - pair.voxproc.dropped.captureMs;
  assert.ok(kept <= 50 * 500 + 800, `${kept} ms wait`);
  assert.equal(pair.voxproc.queued, 0, 'audio is no control');
  assert.ok(pair.voxproc.isOpen);
});

test('speech is never dropped and is overtaken by control', async () => {
  const pair = channelPair({ highWaterMark: 16 });
  const { supervisor, voxproc, voxprocStream } = pair;
  const heard: string[] = [];
  voxproc.onNotification('speech.audio', ({ seq, utteranceId }) => heard.push(`${utteranceId}:${seq}`));
  voxproc.onRequest('speech.cancel', () => {
    heard.push('cancel');
    return { playedMs: 0, trimmedMs: 0, discardedMs: 0 };
  });
  voxprocStream.pause();
  for (let seq = 0; seq < 100; seq += 1) {
    supervisor.notify('speech.audio', { utteranceId: seq % 2 === 0 ? 'a' : 'b', seq, pcm: new Uint8Array(960) });
  }
  const cancelled = supervisor.request('speech.cancel', { utteranceId: 'a' });
  voxprocStream.resume();
  await cancelled;
  while (heard.length < 101) await settle();
  assert.ok(heard.indexOf('cancel') <= 2);
  assert.deepEqual(
    heard.filter((what) => what !== 'cancel'),
    Array.from({ length: 100 }, (_, seq) => `${seq % 2 === 0 ? 'a' : 'b'}:${seq}`),
  );
});

test('speech far beyond every credit is refused and reported once', async () => {
  const { supervisor, voxprocStream, reports } = channelPair();
  voxprocStream.pause();
  const pcm = new Uint8Array(100_000);
  const most = Math.floor(maxSpeechBytes / 100_100) + 2;
  for (let seq = 0; seq < most + 5; seq += 1) supervisor.notify('speech.audio', { utteranceId: 'a', seq, pcm });
  assert.ok(supervisor.dropped.speech >= 5, `${supervisor.dropped.speech}`);
  assert.deepEqual(
    reports.supervisor.map(({ what, type }) => [what, type]),
    [['speech_refused', 'speech.audio']],
  );
  assert.ok(supervisor.isOpen);
});

test('the end of a link waits for audio as for everything else', async () => {
  const pair = channelPair({ highWaterMark: 16 });
  const heard = hear(pair);
  pair.supervisorStream.pause();
  for (let number = 0; number < 5; number += 1) capture(pair, number);
  ended(pair);
  const over = pair.voxproc.end();
  pair.supervisorStream.resume();
  await over;
  await settle();
  assert.deepEqual(heard, ['1:0', '1:1', '1:2', '1:3', '1:4', '1 ended']);
  assert.deepEqual(await pair.voxproc.closed, { kind: 'closed' });
});
