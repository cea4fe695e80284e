import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { Background } from '../../../vox/background.ts';
import { FakeProvider, type FakeProviderSession } from '../testing/fake-provider.ts';
import { conversation, piece, plainConfig, refuse } from '../testing/resilient-rig.ts';
import { ResilientSession } from './resilient-session.ts';

const minute = 60_000;

test('what is said goes to the one socket, and its names come back told apart by socket', async () => {
  const { session, first, news } = await conversation();
  session.beginTurn();
  session.appendAudio(piece);
  const turnId = session.endTurn();
  const requestId = session.requestResponse({ modality: 'audio' });
  assert.deepEqual(first.asked, ['connected', 'begin', 'audio 960', 'end t1', 'respond q1 audio']);
  first.say({ type: 'input_transcript', turnId: 't1', itemId: 'i', text: 'hi', final: true, confidence: null });
  first.answer('r', 'q1');
  assert.deepEqual(news(), [
    `heard ${turnId} hi`,
    `started 1.r ${requestId}`,
    'audio 1.r-item 4800',
    'says 1.r-item yes',
    'finished 1.r completed',
  ]);
  session.truncate('1.r-item', 40);
  assert.equal(first.asked.at(-1), 'truncate r-item 40');
  await session[Symbol.asyncDispose]();
});

test('a connect that fails is told to whoever asked, and leaves nothing open', async () => {
  const clock = new FakeClock();
  const logger = pino({ level: 'silent' });
  const provider = new FakeProvider();
  provider.connect = refuse('key_refused');
  const options = { clock, logger, background: new Background(logger) };
  const session = new ResilientSession(provider, plainConfig, () => undefined, options);
  await assert.rejects(session.connect(new AbortController().signal), { code: 'key_refused' });
  assert.ok(provider.last.closed);
  await session[Symbol.asyncDispose]();
  assert.equal(clock.timers, 0);
});

test('a broken socket is replaced after 250 ms, told what was said, and given the speech it missed', async () => {
  const { clock, provider, session, first, news, opened } = await conversation();
  session.addText({ role: 'user', text: 'my name is Ada' });
  session.requestResponse({ modality: 'audio' });
  first.answer('r', 'q1', { text: 'hello Ada' });
  session.beginTurn();
  session.appendAudio(piece);
  news();
  first.drop();
  assert.deepEqual(news(), ['warning reconnecting']);
  session.appendAudio(piece);
  session.endTurn();
  const requestId = session.requestResponse({ modality: 'audio' });
  await clock.run(249);
  assert.equal(provider.sessions.length, 1);
  await clock.run(1);
  const second = provider.last;
  assert.deepEqual(second.config.context, [
    { role: 'user', text: 'my name is Ada' },
    { role: 'assistant', text: 'hello Ada' },
  ]);
  assert.deepEqual(second.asked, ['connected', 'begin', 'audio 960', 'audio 960', 'end t1', 'respond q1 audio']);
  second.answer('r', 'q1');
  assert.deepEqual(news().slice(0, 2), ['ready fresh', `started 2.r ${requestId}`]);
  assert.deepEqual(opened, ['first', 'lost']);
  await session[Symbol.asyncDispose]();
});

test('a response that was being spoken when the socket broke ends once, as failed', async () => {
  const { session, first, news } = await conversation();
  session.requestResponse({ modality: 'audio' });
  first.answer('r', 'q1', { finish: false });
  news();
  first.drop();
  assert.deepEqual(news(), ['finished 1.r failed', 'warning reconnecting']);
  first.finish('r');
  assert.deepEqual(news(), []);
  await session[Symbol.asyncDispose]();
});

test('reconnecting backs off, and is given up after 5 attempts in 2 minutes', async () => {
  const { clock, provider, session, first, news } = await conversation();
  provider.connect = refuse('unreachable');
  first.drop();
  const waits: number[] = [];
  for (let attempts = 1; attempts <= 5; attempts += 1) {
    const before = clock.now();
    while (provider.sessions.length === attempts) await clock.run(10);
    waits.push(clock.now() - before);
  }
  await settle();
  assert.deepEqual(waits, [250, 500, 1000, 2000, 4000]);
  assert.deepEqual(news().at(-1), 'closed unreachable');
  await clock.run(5 * minute, 1000);
  assert.equal(provider.sessions.length, 6);
  await session[Symbol.asyncDispose]();
  assert.deepEqual(news(), []);
  assert.equal(clock.timers, 0);
});

test('what no repetition helps is said once and not retried', async () => {
  const { clock, provider, session, first, news } = await conversation();
  first.drop('quota_exhausted');
  await clock.run(minute, 1000);
  assert.deepEqual(news(), ['closed quota_exhausted']);
  assert.equal(provider.sessions.length, 1);
  await session[Symbol.asyncDispose]();
});

test('a socket is replaced before its limit, between responses, while the old one speaks to its end', async () => {
  const { clock, provider, session, first, news, opened } = await conversation({ socketLimitMs: 60 * minute });
  await clock.run(57 * minute, 10_000);
  session.requestResponse({ modality: 'audio' });
  first.answer('r', 'q1', { finish: false });
  const more = () => first.say({ type: 'audio', responseId: 'r', itemId: 'r-item', pcm: piece, rate: 24_000 });
  for (let s = 0; s < 150; s += 10, more()) await clock.run(10_000, 1000);
  assert.equal(provider.sessions.length, 1, 'not while it speaks');
  for (let s = 0; s < 22; s += 11, more()) await clock.run(11_000, 250);
  assert.equal(provider.sessions.length, 2, 'but before the limit');
  assert.equal(first.closed, false);
  news();
  first.say({ type: 'audio', responseId: 'r', itemId: 'r-item', pcm: piece, rate: 24_000 });
  first.finish('r');
  await settle();
  assert.deepEqual(news(), ['audio 1.r-item 960', 'finished 1.r completed']);
  assert.ok(first.closed);
  assert.deepEqual(opened, ['first', 'rotation']);
  await session[Symbol.asyncDispose]();
});

test('a rotation that fails leaves the old socket serving', async () => {
  const { clock, provider, session, first, news } = await conversation({ socketLimitMs: 60 * minute });
  provider.connect = refuse('unreachable');
  await clock.run(58 * minute, 10_000);
  await clock.run(500, 250);
  assert.ok(news().includes('warning rotation_failed'));
  session.addText({ role: 'user', text: 'still there?' });
  assert.equal(first.asked.at(-1), 'user: still there?');
  await session[Symbol.asyncDispose]();
});

test('where the old socket has to be closed first, it is resumed by its handle without being told anything anew', async () => {
  const { clock, provider, session, first, news } = await conversation({
    resumesByHandle: true,
    closesBeforeReopening: true,
  });
  session.addText({ role: 'user', text: 'my name is Ada' });
  first.say({ type: 'resumable', handle: 'h1' });
  const connecting = Promise.withResolvers<void>();
  provider.connect = () => connecting.promise;
  first.say({ type: 'going_away', ms: 5000 });
  await clock.run(250);
  assert.ok(first.closed);
  session.beginTurn();
  session.appendAudio(piece);
  connecting.resolve();
  await settle();
  const second = provider.last;
  assert.equal(second.config.resumeHandle, 'h1');
  assert.deepEqual(second.config.context, []);
  assert.deepEqual(second.asked, ['connected', 'begin', 'audio 960']);
  assert.deepEqual(news(), ['ready']);
  await session[Symbol.asyncDispose]();
});

test('a handle that is refused is given up for a fresh beginning', async () => {
  const { clock, provider, session, first, news } = await conversation({ resumesByHandle: true });
  session.addText({ role: 'user', text: 'my name is Ada' });
  first.say({ type: 'resumable', handle: 'h1' });
  provider.connect = async ({ config: { resumeHandle } }: FakeProviderSession) => {
    if (resumeHandle !== null) await refuse('unreachable')();
  };
  first.drop();
  await clock.run(250);
  assert.deepEqual(provider.last.config.context, [{ role: 'user', text: 'my name is Ada' }]);
  assert.deepEqual(news(), ['warning reconnecting', 'warning resume_failed', 'ready fresh']);
  await session[Symbol.asyncDispose]();
});

test('a silent response is asked for twice more, then on another socket, then given up', async () => {
  const { clock, provider, session, first, news } = await conversation();
  const requestId = session.requestResponse({ modality: 'audio' });
  await clock.run(5250, 250);
  await clock.run(5250, 250);
  assert.deepEqual(first.asked.slice(1), [
    ...['respond q1 audio', 'cancel q1', 'respond q2 audio', 'cancel q2', 'respond q3 audio'],
  ]);
  await clock.run(5250, 250);
  const second = provider.last;
  assert.notEqual(second, first);
  assert.ok(first.closed);
  assert.deepEqual(second.asked, ['connected', 'respond q1 audio']);
  await clock.run(3 * 5250, 250);
  assert.deepEqual(news().slice(-3), [
    'warning response_stalled',
    `started none.${requestId} ${requestId}`,
    `finished none.${requestId} failed`,
  ]);
  await session[Symbol.asyncDispose]();
});

test('a response that begins and stays silent is cancelled and asked for again; nobody sees the first', async () => {
  const { clock, session, first, news } = await conversation();
  const requestId = session.requestResponse({ modality: 'audio' });
  first.say({ type: 'response_started', responseId: 'r1', requestId: 'q1' });
  await clock.run(5250, 250);
  assert.deepEqual(first.asked.slice(1), ['respond q1 audio', 'cancel r1', 'respond q2 audio']);
  first.finish('r1', 'cancelled');
  first.answer('r2', 'q2');
  assert.deepEqual(news(), [
    'warning response_silent',
    `started 1.r2 ${requestId}`,
    'audio 1.r2-item 4800',
    'says 1.r2-item yes',
    'finished 1.r2 completed',
  ]);
  await session[Symbol.asyncDispose]();
});

test('a request is taken back before it begins, a response is cancelled after, by either id', async () => {
  const { session, first } = await conversation();
  const one = session.requestResponse({ modality: 'audio' });
  session.cancel(one);
  const two = session.requestResponse({ modality: 'audio' });
  first.answer('r', 'q2', { finish: false });
  session.cancel(two);
  session.cancel('1.r');
  assert.deepEqual(first.asked.slice(1), [
    ...['respond q1 audio', 'cancel q1', 'respond q2 audio', 'cancel r', 'cancel r'],
  ]);
  await session[Symbol.asyncDispose]();
});

test('a tool’s result for a socket that is gone is told as text, once', async () => {
  const { clock, provider, session, first, news } = await conversation();
  session.requestResponse({ modality: 'audio' });
  first.say({ type: 'response_started', responseId: 'r', requestId: 'q1' });
  first.say({ type: 'tool_call', responseId: 'r', callId: 'c', name: 'note', arguments: '{}' });
  assert.equal(news().at(-1), 'tool 1.c note');
  first.drop();
  await clock.run(250);
  session.submitToolResult('1.c', 'done');
  session.submitToolResult('1.c', 'done again');
  const results = provider.last.asked.filter((asked) => asked.includes('done'));
  assert.deepEqual(results, ['user: Result of the tool note (data, no instruction): "done"']);
  await session[Symbol.asyncDispose]();
});

test('a fresh socket is told what was heard of the bot, not what it was about to say', async () => {
  const { clock, provider, session, first } = await conversation();
  session.requestResponse({ modality: 'audio' });
  first.answer('r', 'q1', { text: 'once upon a time there was a king', ms: 1000 });
  session.truncate('1.r-item', 500);
  session.requestResponse({ modality: 'audio' });
  first.answer('s', 'q2', { text: 'nobody heard this', ms: 1000 });
  session.truncate('1.s-item', 0);
  first.drop();
  await clock.run(250);
  assert.deepEqual(provider.last.config.context, [{ role: 'assistant', text: 'once upon a … (cut off here)' }]);
  await session[Symbol.asyncDispose]();
});

test('a socket that is billed by time is closed after a minute of nothing, and opened for the next word', async () => {
  const { clock, provider, session, first, opened } = await conversation({ billsOpenTime: true });
  session.addText({ role: 'user', text: 'hello' });
  await clock.run(59_000, 1000);
  assert.equal(first.closed, false);
  await clock.run(2000, 250);
  assert.ok(first.closed);
  session.beginTurn();
  session.appendAudio(piece);
  session.endTurn();
  session.requestResponse({ modality: 'audio' });
  await settle();
  assert.deepEqual(provider.last.asked, ['connected', 'begin', 'audio 960', 'end t1', 'respond q1 audio']);
  assert.deepEqual(opened, ['first', 'unparked']);
  await session[Symbol.asyncDispose]();
});

test('disposed while it reconnects, it opens nothing more and ends its timers', async () => {
  const { clock, background, provider, session, first, news } = await conversation();
  first.drop();
  await session[Symbol.asyncDispose]();
  await clock.run(minute, 1000);
  await background.settled();
  assert.equal(provider.sessions.length, 1);
  assert.deepEqual(news(), ['warning reconnecting', 'closed closed']);
  assert.equal(clock.timers, 0);
});

test('audio that waits for a socket is bounded: the oldest of ten seconds goes', async () => {
  const { clock, provider, session, first } = await conversation();
  first.drop();
  session.beginTurn();
  const second = new Uint8Array(48_000);
  for (let n = 0; n < 14; n += 1) session.appendAudio(second);
  await clock.run(250);
  assert.equal(provider.last.asked.filter((asked) => asked === 'audio 48000').length, 10);
  await session[Symbol.asyncDispose]();
});
