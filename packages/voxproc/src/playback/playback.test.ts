import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toneLevel } from '@parley/mux/testing';
import { FakeClock } from '@parley/protocol/testing';
import { largestStep, PlaybackEars, tonePcm } from '../testing/playback-ears.ts';
import { FrameEncoder } from './mix/frame-encoder.ts';
import { Playback, type PlaybackTrouble } from './playback.ts';
import type { SpeechEvent } from './speech/speech-event.ts';

const build = () => {
  const clock = new FakeClock();
  const ears = new PlaybackEars(clock);
  const events: SpeechEvent[] = [];
  const troubles: PlaybackTrouble[] = [];
  const errors: Error[] = [];
  const echoed: { samples: number; loud: boolean }[] = [];
  const playback = new Playback({
    clock,
    output: ears,
    played: {
      played: (samples) =>
        echoed.push({ samples: samples.length, loud: samples.some((value) => Math.abs(value) > 0.01) }),
    },
    listeners: {
      speech: (event) => events.push(event),
      music: () => undefined,
      trouble: (trouble) => troubles.push(trouble),
      error: (error) => errors.push(error),
    },
  });
  /** Says a whole utterance at once. */
  const say = (utteranceId: string, pcm: Buffer, { rate = 24_000, end = true } = {}) => {
    playback.beginSpeech({ utteranceId, sampleRate: rate });
    playback.speech.audio(utteranceId, 0, pcm);
    if (end) playback.speech.end(utteranceId, 1);
  };
  const of = <T extends SpeechEvent['type']>(type: T) =>
    events.filter((event): event is Extract<SpeechEvent, { type: T }> => event.type === type);
  return { clock, ears, events, troubles, errors, echoed, playback, say, of };
};

test('an utterance is heard as it was said, a frame every 20 ms, the first at once; then silence, then the mark is taken away', () => {
  for (const rate of [8_000, 16_000, 24_000, 44_100, 48_000]) {
    const { clock, ears, say, of } = build();
    say('u', tonePcm(440, 1000, { rate, level: 0.25 }), { rate });
    clock.advance(2000);
    assert.match(ears.kinds, /^a{50,51}s{5}\.$/, `${rate}`);
    assert.deepEqual(
      ears.handed.map(({ atMs }) => atMs),
      ears.handed.map((_, index) => index * 20),
    );
    const level = toneLevel(ears.pcm, 440, 9600, 38_400);
    assert.ok(Math.abs(level - 20 * Math.log10(0.25)) < 1, `${rate}: ${level} dB`);
    assert.equal(ears.handed[10]?.isStereo, false);
    assert.deepEqual(of('finished'), [
      {
        type: 'finished',
        utteranceId: 'u',
        playedMs: 1000,
        trimmedMs: of('finished')[0]?.trimmedMs,
        outcome: 'played',
      },
    ]);
    assert.equal(of('started').length, 1);
    assert.deepEqual(
      of('progress').map(({ playedMs }) => playedMs),
      [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000],
    );
    assert.equal(clock.timers, 0, 'it rests');
  }
});

test('nothing clicks where an utterance begins, is paused, goes on, runs dry and ends', () => {
  const { clock, ears, playback, troubles } = build();
  // A sine at full level that begins and ends anywhere: its own steps are at most 2 pi 200 / 48000 of its level.
  const pcm = tonePcm(200, 1000, { level: 0.5, from: 30 });
  playback.beginSpeech({ utteranceId: 'u', sampleRate: 24_000 });
  playback.speech.audio('u', 0, pcm.subarray(0, 24_001 & ~1));
  clock.advance(170);
  playback.speech.pause('u');
  clock.advance(300);
  playback.speech.resume('u');
  clock.advance(1000);
  assert.equal(troubles.filter(({ type }) => type === 'underrun').length, 1, 'it ran dry');
  playback.speech.audio('u', 1, pcm.subarray(24_000));
  playback.speech.end('u', 2);
  clock.advance(2000);
  assert.ok(largestStep(ears.pcm) < 0.04, `${largestStep(ears.pcm)}`);
  assert.ok(Math.max(...ears.pcm) > 0.4);
});

test('a pause is silence from the second frame on, and what is played when it goes on follows what was heard', () => {
  const { clock, ears, playback, say, of } = build();
  say('u', tonePcm(440, 1000));
  clock.advance(210);
  const before = ears.handed.length;
  const { playedMs } = playback.speech.pause('u');
  assert.equal(playedMs, 220);
  clock.advance(500);
  assert.match(ears.kinds.slice(before), /^as{5}\.$/, 'it fades within one frame');
  const faded = ears.handed[before]?.left.slice(720) as Float32Array;
  assert.ok(Math.max(...faded) < 0.1);
  assert.ok(ears.handed.slice(before + 1).every(({ left }) => left.every((value) => Math.abs(value) < 0.02)));
  assert.equal(clock.timers, 0);
  playback.speech.resume('u');
  clock.advance(2000);
  assert.equal(of('finished')[0]?.playedMs, 1000);
  // The last frame empties the encoder.
  assert.equal(ears.kinds, `${'a'.repeat(12)}sssss.${'a'.repeat(39)}asssss.`);
});

test('a cancel is silence from the second frame on, whatever waits and whatever comes', () => {
  const { clock, ears, playback, say, of } = build();
  say('u', tonePcm(440, 1000));
  say('v', tonePcm(880, 100));
  clock.advance(210);
  const before = ears.handed.length;
  const cancelled = playback.speech.cancel('u');
  assert.deepEqual(cancelled, { playedMs: 220, trimmedMs: 0, discardedMs: 780 });
  playback.speech.cancel('v');
  playback.speech.audio('u', 1, tonePcm(440, 100));
  clock.advance(500);
  assert.match(ears.kinds.slice(before), /^as{5}\.$/);
  assert.deepEqual(
    of('finished').map(({ utteranceId, playedMs, outcome }) => ({ utteranceId, playedMs, outcome })),
    [
      { utteranceId: 'u', playedMs: 220, outcome: 'cancelled' },
      { utteranceId: 'v', playedMs: 0, outcome: 'cancelled' },
    ],
  );
  assert.equal(playback.stats?.speechDropped, 1);
});

test('speech waits for keys without losing a sample, and is given up after three seconds', () => {
  for (const waitsMs of [1000, 5000]) {
    const { clock, ears, say, of, troubles } = build();
    ears.ready = false;
    say('u', tonePcm(440, 200));
    say('v', tonePcm(440, 200));
    clock.advance(waitsMs);
    assert.equal(ears.kinds, '');
    ears.ready = true;
    clock.advance(2000);
    assert.deepEqual(
      of('finished').map(({ outcome, playedMs }) => [outcome, playedMs]),
      waitsMs === 1000
        ? [
            ['played', 200],
            ['played', 200],
          ]
        : [
            ['aborted', 0],
            ['aborted', 0],
          ],
    );
    assert.equal(troubles.filter(({ type }) => type === 'not_sendable').length, waitsMs === 1000 ? 0 : 1);
    assert.equal(clock.timers, 0);
  }
});

test('keys that go away in the middle hold an utterance where it is', () => {
  const { clock, ears, say, of } = build();
  say('u', tonePcm(440, 400));
  clock.advance(110);
  ears.ready = false;
  clock.advance(600);
  const handed = ears.handed.length;
  ears.ready = true;
  clock.advance(1000);
  assert.equal(handed, 6);
  assert.equal(of('finished')[0]?.playedMs, 400);
});

test('a sound alone goes out as it is; beside speech both are heard', async () => {
  const { clock, ears, playback, say, echoed } = build();
  const frames = toneFrames(50);
  const done = playback.sounds.playFrames(frames);
  await new Promise((resolve) => setImmediate(resolve));
  clock.advance(380);
  assert.equal(ears.handed.length, 20);
  assert.ok(echoed.length === 20 && echoed.at(-1)?.loud, 'what is passed on is heard as an echo, too');
  say('u', tonePcm(440, 400));
  clock.advance(1000);
  const both = Float32Array.from(ears.handed.slice(24, 36).flatMap(({ left }) => [...left]));
  assert.ok(Math.abs(toneLevel(both, 440, 0, both.length) + 12) < 1.5, `${toneLevel(both, 440, 0, both.length)}`);
  assert.ok(Math.abs(toneLevel(both, 1000, 0, both.length) + 12.2) < 1.5);
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(await done, { playedMs: 1000, droppedFrames: 0 });
});

/** Packets of a tone of 1 kHz. */
const toneFrames = (count: number, level = 8000): Buffer[] => {
  using encoder = new FrameEncoder();
  return Array.from({ length: count }, (_, frame) =>
    encoder.encode(
      Int16Array.from(
        { length: 1920 },
        (__, i) => level * Math.sin((2 * Math.PI * 1000 * (frame * 960 + (i >> 1))) / 48_000),
      ),
      'music',
    ),
  );
};
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('a sound is answered when it is over, however long something else goes on', async () => {
  const { clock, playback, say, of } = build();
  let played: unknown;
  void playback.sounds.playFrames(toneFrames(10)).then((result) => {
    played = result;
  });
  await turn();
  say('u', tonePcm(440, 1500));
  clock.advance(220);
  await turn();
  assert.deepEqual(played, { playedMs: 200, droppedFrames: 0 });
  assert.deepEqual(of('finished'), []);
});

test('a sound has nothing of the one before', async () => {
  const { clock, playback, echoed } = build();
  for (const frames of [toneFrames(10), toneFrames(3, 0)]) {
    const playing = playback.sounds.playFrames(frames);
    await turn();
    clock.advance(500);
    await turn();
    await playing;
  }
  assert.deepEqual(
    echoed.map(({ loud }) => loud),
    [...Array.from({ length: 10 }, () => true), false, false, false],
  );
});

test('the end of the session ends everything, once, and nothing is sent any more', () => {
  const { clock, ears, playback, say, of } = build();
  say('u', tonePcm(440, 400));
  say('v', tonePcm(440, 400));
  clock.advance(100);
  const handed = ears.handed.length;
  playback[Symbol.dispose]();
  playback[Symbol.dispose]();
  clock.advance(1000);
  assert.equal(ears.handed.length, handed);
  assert.deepEqual(
    of('finished').map(({ outcome }) => outcome),
    ['aborted', 'aborted'],
  );
  assert.equal(clock.timers, 0);
});

test('a stall is not caught up with in a burst: what was to be said is said later', () => {
  const { clock, ears, playback, say, of, troubles } = build();
  const at: number[] = [];
  say('u', tonePcm(440, 400));
  clock.advance(100);
  const send = ears.send.bind(ears);
  let stalls = true;
  ears.send = (frame) => {
    at.push(clock.now());
    if (stalls) {
      stalls = false;
      clock.advance(300);
    }
    return send(frame);
  };
  clock.advance(2000);
  const gaps = at.slice(1).map((now, index) => now - (at[index] as number));
  assert.deepEqual(
    gaps.map((gap) => gap >= 20),
    gaps.map(() => true),
  );
  assert.equal(of('finished')[0]?.playedMs, 400);
  assert.deepEqual(
    troubles.map(({ type }) => type),
    ['late'],
  );
  assert.equal(playback.stats?.lateFrames, 14);
});

test('a defect ends what plays, not the process, and the next thing is played again', () => {
  const { clock, ears, errors, say, of } = build();
  say('u', tonePcm(440, 400));
  clock.advance(100);
  const send = ears.send.bind(ears);
  ears.send = () => {
    throw new Error('broken');
  };
  clock.advance(100);
  assert.deepEqual(
    errors.map(({ message }) => message),
    ['broken'],
  );
  assert.deepEqual(
    of('finished').map(({ outcome, playedMs }) => [outcome, playedMs]),
    [['aborted', 120]],
  );
  assert.equal(clock.timers, 0);
  ears.send = send;
  say('v', tonePcm(440, 100));
  clock.advance(500);
  assert.equal(of('finished').at(-1)?.outcome, 'played');
});

test('what is said while the bot is muted is said when it is not any more, or given up after 3 s', () => {
  const { clock, ears, playback, say, of } = build();
  say('u', tonePcm(440, 400));
  clock.advance(100);
  playback.muted(true);
  clock.advance(2_000);
  const handed = ears.handed.filter(({ kind }) => kind === 'audio').length;
  assert.equal(handed, 6);
  playback.muted(false);
  clock.advance(1_000);
  assert.deepEqual(
    of('finished').map(({ playedMs, outcome }) => [playedMs, outcome]),
    [[400, 'played']],
  );
  playback.muted(true);
  say('v', tonePcm(440, 400));
  clock.advance(3_100);
  assert.deepEqual(
    of('finished').map(({ playedMs, outcome }) => [playedMs, outcome]),
    [
      [400, 'played'],
      [0, 'aborted'],
    ],
  );
  assert.equal(clock.timers, 0, 'it rests');
});

test('what was to be said in a channel that is left is not said in the next one', () => {
  const { clock, ears, playback, say, of } = build();
  say('u', tonePcm(440, 400));
  say('v', tonePcm(440, 400));
  clock.advance(100);
  const handed = ears.handed.length;
  playback.channelLeft();
  clock.advance(1_000);
  // What the encoder still held back of the frame before goes out.
  assert.ok(ears.handed.filter(({ kind }) => kind === 'audio').length <= handed + 1);
  assert.deepEqual(
    of('finished').map(({ playedMs, outcome }) => [playedMs, outcome]),
    [
      [120, 'aborted'],
      [0, 'aborted'],
    ],
  );
  say('w', tonePcm(440, 100));
  clock.advance(1_000);
  assert.equal(of('finished').at(-1)?.outcome, 'played');
});

test('frames that could be sent and are not hold up what is to be said no longer than missing keys do', () => {
  const { clock, ears, troubles, playback, say, of } = build();
  say('u', tonePcm(440, 400));
  say('v', tonePcm(440, 400));
  clock.advance(100);
  ears.send = () => false;
  clock.advance(2_900);
  assert.equal(of('finished').length, 0);
  clock.advance(200);
  assert.deepEqual(
    of('finished').map(({ utteranceId, playedMs, outcome }) => [utteranceId, playedMs, outcome]),
    [
      ['u', 120, 'aborted'],
      ['v', 0, 'aborted'],
    ],
  );
  assert.ok(troubles.some(({ type }) => type === 'not_sendable'));
  clock.advance(200);
  assert.equal(playback.speech.waitingMs, 0);
  assert.equal(clock.timers, 0, 'it rests');
});
