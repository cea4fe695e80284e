import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { FakeSpeechPort, refusing } from '../testing/fake-speech-port.ts';
import type { FloorEvent } from '../turns/index.ts';
import { isLoud, micGates } from './gate.ts';
import { Hearing, preRollMs } from './hearing.ts';
import { KeptCapture } from './kept-capture.ts';

const rig = () => {
  const voxproc = new FakeSpeechPort();
  const events: FloorEvent[] = [];
  const allowed = new Set(['ada', 'ben']);
  let ids = 0;
  const hearing = new Hearing({
    ...{ voxproc, clock: new FakeClock(), logger: pino({ level: 'silent' }), sampleRate: 24_000, words: null },
    newCaptureId: () => {
      ids += 1;
      return `c${ids}`;
    },
    silenceMs: () => 700,
    gate: micGates.normal,
    mayHear: (userId) => allowed.has(userId),
    on: (event) => events.push(event),
  });
  hearing.listen();
  const piece = (captureId: string, userId: string, peak = 0.3) =>
    hearing.audio({ captureId, userId, position: 0, pcm: new Uint8Array(960), peak, rms: peak / 2 });
  const ended = (captureId: string, userId: string, reason: 'silence' | 'max_length' | 'left') =>
    hearing.ended({ captureId, userId, reason, durationMs: 0, position: 0 });
  return { voxproc, events, allowed, hearing, piece, ended };
};

test('a capture begins with a person’s speech, with what was said just before and the silence that is set', async () => {
  const { voxproc, hearing, events, piece } = rig();
  hearing.speakingStarted('ada');
  hearing.speakingStarted('ada');
  await settle();
  assert.deepEqual(
    voxproc.asked.map(({ name, params }) => [
      name,
      params.userId,
      params.preRollMs,
      params.silenceMs,
      params.sampleRate,
    ]),
    [['capture.start', 'ada', preRollMs, 700, 24_000]],
    'one at a time',
  );
  piece('c1', 'ada');
  piece('c1', 'ada', 0.001);
  assert.deepEqual(
    events.map((event) => (event.type === 'capture_audio' ? [event.ms, event.loudMs] : event.type)),
    ['capture_started', [20, 20], [20, 0]],
  );
});

test('whose voice it is was fixed by the capture: audio under another name is not taken', async () => {
  const { hearing, piece } = rig();
  hearing.speakingStarted('ada');
  await settle();
  piece('c1', 'ben');
  assert.equal(hearing.kept('c1')?.ms, 0);
});

test('somebody who goes on after the longest capture is heard on', async () => {
  const { voxproc, hearing, ended } = rig();
  hearing.speakingStarted('ada');
  await settle();
  ended('c1', 'ada', 'max_length');
  await settle();
  assert.equal(voxproc.asked.length, 2);
  ended('c2', 'ada', 'silence');
  await settle();
  assert.equal(voxproc.asked.length, 2, 'who has fallen silent is noticed when they begin again');
});

test('who may not be heard any more is forgotten with the first piece that comes, told or not', async () => {
  const { voxproc, hearing, events, piece, allowed } = rig();
  hearing.speakingStarted('ada');
  await settle();
  piece('c1', 'ada');
  const kept = hearing.kept('c1');
  allowed.delete('ada');
  piece('c1', 'ada');
  assert.deepEqual([kept?.isGone, kept?.ms, hearing.kept('c1')], [true, 0, null]);
  assert.deepEqual(events.at(-1), { type: 'capture_ended', captureId: 'c1', reason: 'excluded' });
  assert.ok(voxproc.names.includes('capture.stop'));
});

test('what voxproc refuses is not heard, and the next word is asked for anew', async () => {
  const { voxproc, hearing, events } = rig();
  voxproc.answers = { 'capture.start': refusing('not_heard') };
  hearing.speakingStarted('ada');
  await settle();
  assert.equal(events.length, 0);
  voxproc.answers = {};
  hearing.speakingStopped('ada');
  hearing.speakingStarted('ada');
  await settle();
  assert.equal(events[0]?.type, 'capture_started');
});

test('the end of the audio process ends what was being said, not what was said', async () => {
  const { hearing, events, ended } = rig();
  hearing.speakingStarted('ada');
  hearing.speakingStarted('ben');
  await settle();
  ended('c1', 'ada', 'silence');
  hearing.lost();
  assert.deepEqual(
    events.filter(({ type }) => type === 'capture_ended').map((event) => 'reason' in event && event.reason),
    ['silence', 'lost'],
  );
  assert.notEqual(hearing.kept('c1'), null);
});

test('what nobody decides about is bounded, and counted', async () => {
  const { hearing, ended, allowed } = rig();
  for (let at = 0; at < 40; at += 1) {
    allowed.add(`p${at}`);
    hearing.speakingStarted(`p${at}`);
    await settle();
    ended(`c${at + 1}`, `p${at}`, 'left');
  }
  assert.equal(hearing.refused, 8);
});

test('a capture keeps no more than it may be long, and counts the rest', () => {
  const kept = new KeptCapture({ captureId: 'c', userId: 'ada', rate: 8000, maxMs: 1000 });
  for (let at = 0; at < 200; at += 1) kept.add(new Uint8Array(320));
  assert.deepEqual([kept.ms, kept.droppedMs], [3000, 1000]);
});

test('a reader gets all that was kept, what comes, and the end; one that was disposed gets nothing', () => {
  const kept = new KeptCapture({ captureId: 'c', userId: 'ada', rate: 8000, maxMs: 1000 });
  const heard: unknown[] = [];
  kept.add(Uint8Array.of(1, 0));
  const reading = kept.read({ audio: (pcm) => heard.push(pcm[0]), ended: () => heard.push('end') });
  kept.add(Uint8Array.of(2, 0));
  reading[Symbol.dispose]();
  kept.add(Uint8Array.of(3, 0));
  kept.end();
  kept.read({ audio: (pcm) => heard.push(pcm[0]), ended: () => heard.push('end') });
  assert.deepEqual(heard, [1, 2, 1, 2, 3, 'end']);
});

for (const [peak, rms, loud] of [
  [0.018, 0.0015, true],
  [0.017, 0.0015, false],
  [0.018, 0.0014, false],
] as const) {
  test(`a peak of ${peak} and ${rms} RMS is ${loud ? '' : 'not '}speech`, () => {
    assert.equal(isLoud({ peak, rms }, micGates.normal), loud);
  });
}
