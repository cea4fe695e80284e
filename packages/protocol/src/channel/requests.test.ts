import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFrame } from '../frame/frame.ts';
import { FrameDecoder } from '../frame/frame-decoder.ts';
import { ProtocolError } from '../protocol-error.ts';
import { channelPair } from '../testing/channel-pair.ts';
import { settle } from '../testing/fake-clock.ts';

const userId = '100000000000000001';

test('a request gets the answer of its handler', async () => {
  const { supervisor, voxproc, clock } = channelPair();
  voxproc.onRequest('recording.start', () => ({ sample: 4_800 }));
  voxproc.onRequest('recording.exclude', async ({ userId: who }) => ({ closedSegmentId: who, discarded: 3 }));
  assert.deepEqual(await supervisor.request('recording.exclude', { userId }), {
    closedSegmentId: userId,
    discarded: 3,
  });
  assert.equal(clock.timers, 0);
});

test('a refusal keeps its code, whether to repeat, and its details', async () => {
  const { supervisor, voxproc } = channelPair();
  voxproc.onRequest('recording.include', () => {
    throw new ProtocolError('gateway_unavailable', 'the shard is resuming', { shard: 3 });
  });
  await assert.rejects(supervisor.request('recording.include', { userId }), {
    name: 'ProtocolError',
    code: 'gateway_unavailable',
    message: 'recording.include: the shard is resuming',
    retryable: true,
    details: { shard: 3 },
  });
});

test('a handler that breaks is an internal error for the peer and a report on its own side', async () => {
  const { supervisor, voxproc, reports } = channelPair();
  voxproc.onRequest('recording.include', async () => {
    throw new TypeError('cannot read x');
  });
  await assert.rejects(supervisor.request('recording.include', { userId }), { code: 'internal' });
  assert.deepEqual(
    reports.voxproc.map(({ what, type }) => [what, type]),
    [['handler_failed', 'recording.include']],
  );
  assert.match(reports.voxproc[0]?.message ?? '', /TypeError: cannot read x/);
});

test('a request of unknown type is answered unknown_type, and so is one without a handler', async () => {
  const { supervisor, voxproc } = channelPair();
  await assert.rejects(supervisor.request('stats.get', {}), { code: 'unknown_type' });
  await assert.rejects(supervisor.request('room.open' as 'stats.get', {}, { deadlineMs: 1_000 }), {
    code: 'unknown_type',
  });
  assert.ok(voxproc.isOpen);
});

test('a payload that does not match is refused by the receiver, and the handler does not see it', async () => {
  const { supervisor, voxproc } = channelPair();
  voxproc.onRequest('recording.include', () => assert.fail('called'));
  await assert.rejects(supervisor.request('recording.include', { userId: '12' }), {
    code: 'invalid_payload',
    message: 'recording.include: userId: a Discord id of 17 to 20 digits',
  });
  assert.equal(voxproc.counters.invalid, 1);
});

test('an answer that does not match rejects the request', async () => {
  const { supervisor, voxproc } = channelPair();
  voxproc.onRequest('recording.start', () => ({ sample: 'soon' as unknown as number }));
  const recording = {} as never;
  await assert.rejects(supervisor.request('recording.start', { recording }), { code: 'invalid_payload' });
});

test('a request fails at the deadline of the catalogue, and its late answer is counted', async () => {
  const { supervisor, voxproc, clock } = channelPair();
  const { promise, resolve } = Promise.withResolvers<{ sample: number }>();
  voxproc.onRequest('recording.pause', () => promise);
  const failed = assert.rejects(supervisor.request('recording.pause', {}), {
    code: 'deadline_exceeded',
    message: 'recording.pause: no answer within 5000 ms',
  });
  await clock.run(4_999);
  assert.equal(clock.timers, 1);
  await clock.run(1);
  await failed;
  resolve({ sample: 1 });
  await settle();
  assert.equal(supervisor.dropped.lateAnswers, 1);
  assert.equal(clock.timers, 0);
  assert.ok(supervisor.isOpen);
});

test('answers nobody asked for, and further ones to the same request, are counted and wait for nothing', async () => {
  const { supervisor, voxproc, voxprocStream } = channelPair();
  const { promise, resolve } = Promise.withResolvers<{ sample: number }>();
  voxproc.onRequest('recording.pause', () => promise);
  const asked = supervisor.request('recording.pause', {});
  await settle();
  const answer = (id: number) => encodeFrame({ kind: 'response', type: 'recording.pause', id, payload: { sample: 7 } });
  const flood = 50_000;
  const frames = Array.from({ length: flood }, (_, index) => answer(index % 2 === 0 ? 1 : 1000 + index));
  voxprocStream.write(Buffer.concat(frames));
  assert.deepEqual(await asked, { sample: 7 });
  // All of it has been read by now: what is not awaited takes no turn of its own.
  await settle();
  assert.equal(supervisor.dropped.lateAnswers, flood - 1);
  resolve({ sample: 8 });
  await settle();
  assert.equal(supervisor.dropped.lateAnswers, flood);
  assert.ok(supervisor.isOpen);
});

test('the caller may give up, before or after sending', async () => {
  const { supervisor, voxproc, clock } = channelPair();
  voxproc.onRequest('recording.pause', () => new Promise(() => {}));
  const controller = new AbortController();
  const failed = assert.rejects(supervisor.request('recording.pause', {}, { signal: controller.signal }), {
    code: 'aborted',
  });
  await settle();
  controller.abort();
  await failed;
  const sent = supervisor.counters.sent;
  await assert.rejects(supervisor.request('recording.pause', {}, { signal: AbortSignal.abort() }), { code: 'aborted' });
  assert.equal(supervisor.counters.sent, sent);
  assert.equal(clock.timers, 0);
});

test('the end of the link rejects what is pending, and every request after it', async () => {
  const { supervisor, voxproc, clock } = channelPair();
  voxproc.onRequest('recording.pause', () => new Promise(() => {}));
  const first = assert.rejects(supervisor.request('recording.pause', {}), { code: 'link_closed' });
  const second = assert.rejects(supervisor.request('ping', { seq: 1 }, { signal: new AbortController().signal }), {
    code: 'link_closed',
  });
  supervisor.close();
  await Promise.all([first, second]);
  await assert.rejects(supervisor.request('ping', { seq: 1 }), { code: 'link_closed' });
  assert.equal(clock.timers, 0);
});

test('a request too large for a frame is rejected and leaves nothing pending', async () => {
  const { supervisor, clock } = channelPair();
  await assert.rejects(supervisor.request('session.leave', { reason: 'x'.repeat(1_100_000) }), {
    code: 'invalid_payload',
    message: /^session.leave: session.leave is above 1048576 bytes \(length 1100030, /,
  });
  assert.equal(clock.timers, 0);
  assert.ok(supervisor.isOpen);
});

test('a result that cannot be encoded is an internal error for the peer', async () => {
  const { supervisor, voxproc, reports } = channelPair();
  voxproc.onRequest('session.leave', () => ({ summary: new Map() as never }));
  await assert.rejects(supervisor.request('session.leave', { reason: 'asked' }), {
    code: 'internal',
    message: /session.leave cannot be sent: summary is a Map/,
  });
  assert.equal(reports.voxproc[0]?.what, 'handler_failed');
});

test('a refusal whose details cannot be encoded still arrives with its code', async () => {
  const { supervisor, voxproc, reports } = channelPair();
  voxproc.onRequest('session.leave', () => {
    throw new ProtocolError('file_unreadable', 'gone', { cause: new Error('ENOENT') });
  });
  await assert.rejects(supervisor.request('session.leave', { reason: 'asked' }), {
    code: 'file_unreadable',
    message: 'session.leave: gone',
    details: {},
  });
  assert.equal(reports.voxproc[0]?.what, 'send_failed');
});

test('a code of a newer peer becomes internal and stays named', async () => {
  const { supervisor, voxprocStream, voxproc } = channelPair();
  voxproc.onRequest('stats.get', () => new Promise(() => {}));
  const failed = assert.rejects(supervisor.request('stats.get', {}), {
    code: 'internal',
    message: 'stats.get: new words',
    details: { peerCode: 'from_the_future' },
  });
  const payload = { code: 'from_the_future', message: 'new words' };
  voxprocStream.write(encodeFrame({ kind: 'error', type: 'stats.get', id: 1, payload }));
  await failed;
});

test('a second handler of one request is refused, and a disposed one makes room', () => {
  const { voxproc } = channelPair();
  const first = voxproc.onRequest('shutdown', () => ({ summary: null }));
  assert.throws(() => voxproc.onRequest('shutdown', () => ({ summary: null })), /has a handler already/);
  first[Symbol.dispose]();
  const second = voxproc.onRequest('shutdown', () => ({ summary: null }));
  first[Symbol.dispose]();
  assert.throws(() => voxproc.onRequest('shutdown', () => ({ summary: null })), /has a handler already/);
  second[Symbol.dispose]();
});

test('an answer goes out under the id and the type of its request', async () => {
  const { supervisor, voxproc, supervisorStream } = channelPair();
  voxproc.onRequest('recording.include', () => ({}));
  const seen: unknown[] = [];
  const decoder = new FrameDecoder();
  supervisorStream.on('data', (chunk) => seen.push(...decoder.push(chunk)));
  await supervisor.request('recording.include', { userId });
  assert.deepEqual(seen, [{ kind: 'response', type: 'recording.include', id: 1, payload: {} }]);
});
