import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import type { TranscriberConfig, TranscriberEvent, TranscriberSession } from '../../provider/transcriber.ts';
import { KeptCapture } from '../kept-capture.ts';
import { AsrWords, idleMs } from './asr-words.ts';
import { FileWords, filePatienceMs } from './file-words.ts';
import { SpeechResampler } from './resample.ts';
import { SharedWords } from './shared-words.ts';
import { usableTranscript } from './usable-transcript.ts';

const rate = 24_000;
const logger = pino({ level: 'silent' });
const config: TranscriberConfig = { model: 'm', language: '', prompt: '', noiseReduction: 'off' };

const capture = (captureId: string, userId: string): KeptCapture =>
  new KeptCapture({ captureId, userId, rate, maxMs: 30_000 });
const piece = (ms: number): Uint8Array => new Uint8Array((rate / 1000) * ms * 2);

const rig = (perUser: boolean, connect: () => Promise<void> = async () => undefined) => {
  const sockets: { asked: string[]; say: (event: TranscriberEvent) => void; closed: boolean }[] = [];
  const clock = new FakeClock();
  const spent: [number, string][] = [];
  const words = new AsrWords({
    ...{ config: () => config, perUser, clock, logger },
    spent: (ms, userId) => spent.push([ms, userId]),
    transcriber: {
      provider: 'openai',
      rate,
      open: (_config, say): TranscriberSession => {
        const socket = { asked: [] as string[], say, closed: false };
        sockets.push(socket);
        let pieces = 0;
        return {
          connect,
          append: (pcm) => void socket.asked.push(`audio ${pcm.length}`),
          commit: () => {
            pieces += 1;
            socket.asked.push(`commit p${pieces}`);
            return `p${pieces}`;
          },
          clear: () => void socket.asked.push('clear'),
          [Symbol.asyncDispose]: async () => {
            socket.closed = true;
          },
        };
      },
    },
  });
  return { sockets, clock, spent, words };
};

const final = (id: string, text: string): TranscriberEvent => ({
  type: 'final',
  id,
  transcript: { text, confidence: null },
});

test('each speaker has a socket of their own, and words go to whose capture they are', async () => {
  const { words, sockets, spent } = rig(true);
  const heard: unknown[] = [];
  const [a, b] = [capture('a', 'ada'), capture('b', 'ben')];
  words.follow(a, (text, isFinal) => heard.push(['a', text, isFinal]));
  words.follow(b, (text, isFinal) => heard.push(['b', text, isFinal]));
  for (const one of [a, b]) {
    one.add(piece(200));
    one.end();
  }
  assert.equal(sockets.length, 2);
  sockets[1]?.say(final('p1', 'hello from Ben'));
  sockets[0]?.say({ type: 'partial', id: 'p1', text: 'hello' });
  sockets[0]?.say(final('p1', 'hello from Ada'));
  assert.deepEqual(heard, [
    ['b', 'hello from Ben', true],
    ['a', 'hello', false],
    ['a', 'hello from Ada', true],
  ]);
  assert.deepEqual(spent, [
    [200, 'ada'],
    [200, 'ben'],
  ]);
});

test('one socket for all takes one voice after the other', async () => {
  const { words, sockets } = rig(false);
  const [a, b] = [capture('a', 'ada'), capture('b', 'ben')];
  const heard: string[] = [];
  words.follow(a, (text) => heard.push(`a ${text}`));
  words.follow(b, (text) => heard.push(`b ${text}`));
  a.add(piece(100));
  b.add(piece(100));
  a.add(piece(100));
  assert.deepEqual(sockets[0]?.asked, ['audio 4800', 'audio 4800'], 'Ben waits');
  a.end();
  b.end();
  assert.deepEqual(sockets[0]?.asked.filter((what) => what !== 'audio 0').slice(2), [
    'commit p1',
    'audio 4800',
    'commit p2',
  ]);
  sockets[0]?.say(final('p1', 'one'));
  sockets[0]?.say(final('p2', 'two'));
  assert.deepEqual(heard, ['a one', 'b two']);
});

test('who withdraws in the middle is taken back, and the next one goes on', async () => {
  const { words, sockets } = rig(false);
  const [a, b] = [capture('a', 'ada'), capture('b', 'ben')];
  const heard: string[] = [];
  const following = words.follow(a, (text) => heard.push(text));
  words.follow(b, (text) => heard.push(text));
  a.add(piece(100));
  b.add(piece(100));
  following[Symbol.dispose]();
  a.add(piece(100));
  assert.deepEqual(sockets[0]?.asked, ['audio 4800', 'clear', 'audio 4800']);
});

test('who withdraws while their whole piece still waits for its socket has that socket closed, and nothing is sent', async () => {
  for (const isOpen of [false, true]) {
    const { words, sockets } = rig(true, isOpen ? async () => undefined : () => new Promise(() => undefined));
    const a = capture('a', 'ada');
    const following = words.follow(a, () => assert.fail('nobody is told'));
    await settle();
    a.add(piece(200));
    a.end();
    following[Symbol.dispose]();
    await settle();
    assert.deepEqual([sockets[0]?.closed, words.open], isOpen ? [false, 1] : [true, 0]);
  }
});

test('a socket that breaks leaves nobody waiting, and the next words have another', async () => {
  const { words, sockets } = rig(true);
  const heard: unknown[] = [];
  const a = capture('a', 'ada');
  words.follow(a, (text, isFinal) => heard.push([text, isFinal]));
  a.add(piece(100));
  a.end();
  sockets[0]?.say({ type: 'closed', code: 'dropped', reason: 'gone', retryable: true });
  assert.deepEqual(heard, [['', true]]);
  words.follow(capture('b', 'ada'), () => undefined);
  assert.equal(sockets.length, 2);
});

test('a socket nobody speaks into is closed', async () => {
  const { words, sockets, clock } = rig(true);
  words.prepare('ada');
  clock.advance(idleMs + 1);
  await settle();
  assert.deepEqual([sockets[0]?.closed, words.open, clock.timers], [true, 0, 0]);
});

test('while nobody is listened to no socket is open, and the next words open one', async () => {
  const { words, sockets } = rig(true);
  const shared = new SharedWords(words);
  words.prepare('ada');
  await shared.idle();
  assert.deepEqual([sockets[0]?.closed, words.open], [true, 0]);
  shared.follow(capture('a', 'ada'), () => undefined);
  assert.equal(words.open, 1);
});

test('a piece as a file is transcribed when it has ended, and given up when that takes too long', async () => {
  const clock = new FakeClock();
  const heard: unknown[] = [];
  let answer: (text: string) => void = () => undefined;
  await using words = new FileWords({
    ...{ config: () => config, clock, logger, spent: () => undefined },
    transcriber: {
      rate: 16_000,
      transcribe: (pcm, _config, signal) =>
        new Promise((resolve, reject) => {
          assert.equal(pcm.length, 16_000, 'half a second at the rate it wants');
          signal.addEventListener('abort', () => reject(signal.reason));
          answer = (text) => resolve({ text, confidence: null });
        }),
    },
  });
  for (const how of ['answered', 'late']) {
    const one = capture(how, 'ada');
    words.follow(one, (text, isFinal) => heard.push([how, text, isFinal]));
    one.add(piece(500));
    one.end();
    if (how === 'answered') answer('hello');
    else clock.advance(filePatienceMs + 1);
    await settle();
  }
  assert.deepEqual(heard, [
    ['answered', 'hello', true],
    ['late', '', true],
  ]);
  assert.equal(clock.timers, 0);
});

test('several who want the words of one capture have them recognized once', async () => {
  const { words, spent, sockets } = rig(true);
  const shared = new SharedWords(words);
  const a = capture('a', 'ada');
  const heard: string[] = [];
  const first = shared.follow(a, (text) => heard.push(`first ${text}`));
  a.add(piece(200));
  a.end();
  sockets[0]?.say(final('p1', 'hello'));
  first[Symbol.dispose]();
  shared.follow(a, (text) => heard.push(`later ${text}`));
  assert.deepEqual(heard, ['first hello', 'later hello']);
  assert.equal(spent.length, 1);
});

const transcripts: readonly (readonly [string, number | null, string, number, boolean])[] = [
  ['what time is it', null, '', 1500, true],
  ['', null, '', 1500, false],
  ['...', null, '', 1500, false],
  ['what time is it', -1.2, '', 1500, false],
  ['what time is it', -0.4, '', 1500, true],
  ['the language is probably en', null, 'The language is probably en.', 1500, false],
  ['you', null, '', 5000, false],
  ['you', null, '', 800, true],
];
for (const [text, confidence, prompt, ms, believed] of transcripts) {
  test(`“${text}” of ${ms} ms with ${confidence} is ${believed ? '' : 'not '}believed`, () => {
    assert.equal(usableTranscript({ text, confidence }, prompt, ms), believed ? text : '');
  });
}

/** RMS of samples. */
const rms = (samples: Int16Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, samples.length));

for (const [from, to] of [
  [24_000, 16_000],
  [16_000, 24_000],
  [48_000, 16_000],
] as const) {
  test(`speech from ${from} to ${to} Hz: a tone stays, what the new rate cannot hold goes, pieces are as the whole`, () => {
    const tone = (hz: number) =>
      new Uint8Array(
        Int16Array.from({ length: from }, (_, at) => 8000 * Math.sin((2 * Math.PI * hz * at) / from)).buffer,
      );
    const through = (pcm: Uint8Array, size: number): Int16Array => {
      const resampler = new SpeechResampler(from, to);
      const parts: Uint8Array[] = [];
      for (let at = 0; at < pcm.length; at += size) parts.push(resampler.push(pcm.subarray(at, at + size)));
      parts.push(resampler.flush());
      const all = Buffer.concat(parts);
      return new Int16Array(all.buffer.slice(all.byteOffset, all.byteOffset + all.length));
    };
    const whole = through(tone(440), from * 2);
    assert.equal(whole.length, to);
    assert.deepEqual(through(tone(440), 962), whole);
    assert.ok(Math.abs(rms(whole.subarray(500, -500)) - 8000 / Math.SQRT2) < 200);
    if (to < from) assert.ok(rms(through(tone(to * 0.6), from * 2).subarray(500, -500)) < 100);
  });
}
