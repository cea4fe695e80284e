import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { type StreamTurn, startEventStream, streamTimes } from './event-stream.ts';

const ended = { type: 'ended', durationMs: 1 } as const;

/** A real server whose stream says what `turn` gives. */
const serve = async (turn: () => Promise<StreamTurn>) => {
  const clock = new FakeClock();
  const responses: ServerResponse[] = [];
  let closed = 0;
  const server = createServer((_request, raw) => {
    responses.push(raw);
    startEventStream({
      raw,
      headers: { 'x-a': 'b' },
      clock,
      turn,
      onClosed: () => {
        closed += 1;
      },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    clock,
    responses,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    closed: () => closed,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
};

const until = async (condition: () => boolean): Promise<void> => {
  const end = performance.now() + 20_000;
  while (!condition()) {
    assert.ok(performance.now() < end, 'it never happened');
    await settle();
    await new Promise((resolve) => setImmediate(resolve));
  }
};

test('a turn that takes longer than the time between two is not asked again meanwhile, and the end is said once', async () => {
  let asked = 0;
  const answer = Promise.withResolvers<StreamTurn>();
  await using stream = await serve(() => {
    asked += 1;
    return answer.promise;
  });
  const response = await fetch(stream.url);
  stream.clock.advance(streamTimes.everyMs * 5);
  assert.equal(asked, 1);
  answer.resolve({ events: [ended], over: true });
  assert.equal(await response.text(), 'event: ended\ndata: {"type":"ended","durationMs":1}\n\n');
  assert.equal(stream.closed(), 1);
  stream.clock.advance(streamTimes.lastWordsMs);
  assert.equal(stream.clock.timers, 0);
  assert.deepEqual(
    [response.headers.get('content-type'), response.headers.get('x-a')],
    ['text/event-stream; charset=utf-8', 'b'],
  );
});

test('a page that goes is noticed, also while a turn is being answered, and nothing is asked for it any more', async () => {
  let asked = 0;
  const answer = Promise.withResolvers<StreamTurn>();
  await using stream = await serve(() => {
    asked += 1;
    return answer.promise;
  });
  const page = new AbortController();
  await fetch(stream.url, { signal: page.signal });
  page.abort();
  await until(() => stream.closed() === 1);
  answer.resolve({ events: [ended], over: true });
  await settle();
  stream.clock.advance(streamTimes.everyMs * 3);
  assert.equal(asked, 1);
  assert.equal(stream.clock.timers, 0);
});

test('a turn that fails ends the stream and nothing else', async () => {
  await using stream = await serve(() => Promise.reject(new Error('the database is locked')));
  const response = await fetch(stream.url);
  assert.equal(await response.text(), '');
  assert.equal(stream.closed(), 1);
});

test('a page that went before the stream began leaves nothing', async () => {
  const clock = new FakeClock();
  let closed = 0;
  const server = createServer((_request, raw) => {
    raw.destroy();
    startEventStream({
      ...{ raw, headers: {}, clock },
      turn: () => assert.fail('nobody is there'),
      onClosed: () => {
        closed += 1;
      },
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  await assert.rejects(fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
  assert.equal(closed, 1);
  assert.equal(clock.timers, 0);
  server.close();
});
