import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { postOnce, postTimeoutMs } from './post-once.ts';
import type { Address } from './resolve-target.ts';

/** A receiver on this machine, known as `hooks.test`; `answers` are what a name server says, one after the other. */
const openRig = async (listener: RequestListener, answers: readonly (readonly Address[])[] = [[here]]) => {
  const clock = new FakeClock();
  const seen: { readonly host: string | undefined; readonly body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      seen.push({ host: request.headers.host, body });
      listener(request, response);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asked: string[] = [];
  const stop = new AbortController();
  const post = ({ allowPrivate = true, host = 'hooks.test' }: { allowPrivate?: boolean; host?: string } = {}) =>
    postOnce({
      ...{ url: new URL(`http://${host}:${port}/in`), body: '{"ä":1}', headers: { 'x-one': '1' } },
      ...{ allowPrivate, clock, signal: stop.signal },
      resolve: async (hostname) => {
        asked.push(hostname);
        return answers[asked.length - 1] ?? [];
      },
    });
  return {
    ...{ clock, seen, asked, post, stop, port },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

const here: Address = { address: '127.0.0.1', family: 4 };
const metadata: Address = { address: '169.254.169.254', family: 4 };

const statuses: readonly (readonly [number, string])[] = [
  [200, 'delivered'],
  [204, 'delivered'],
  [410, 'gone'],
  [301, 'failed'],
  [307, 'failed'],
  [400, 'failed'],
  [404, 'failed'],
  [500, 'failed'],
];
for (const [status, kind] of statuses)
  test(`an answer of ${status} means ${kind}, and leads nowhere else`, async () => {
    await using the = await openRig((_request, response) =>
      response.writeHead(status, { location: `http://127.0.0.1:${the.port}/elsewhere` }).end('thanks'),
    );
    const end = await the.post();
    assert.equal(end.kind, kind);
    assert.deepEqual(the.seen, [{ host: `hooks.test:${the.port}`, body: '{"ä":1}' }]);
    assert.equal(the.clock.timers, 0);
    if (end.kind === 'failed')
      assert.deepEqual([end.failure.code, end.failure.message], ['status', `it answered ${status}`]);
  });

test('the name is asked for once: what it says a moment later changes nothing', async () => {
  await using the = await openRig((_request, response) => response.end(), [[here], [metadata]]);
  assert.equal((await the.post()).kind, 'delivered');
  assert.deepEqual(the.asked, ['hooks.test']);
});

const refused: Record<string, { answers: readonly Address[]; host?: string; code: string }> = {
  'that leads to this machine': { answers: [here], code: 'address_refused' },
  'of which one address is private': {
    answers: [{ address: '93.184.216.34', family: 4 }, metadata],
    code: 'address_refused',
  },
  'that is a private address': { answers: [], host: '169.254.169.254', code: 'address_refused' },
  'that is one in another way of writing': { answers: [], host: '[::ffff:a9fe:a9fe]', code: 'address_refused' },
  'that has no address': { answers: [], code: 'unresolved' },
};
for (const [name, { answers, host, code }] of Object.entries(refused))
  test(`nothing is sent to a host ${name}`, async () => {
    await using the = await openRig((_request, response) => response.end(), [answers]);
    const end = await the.post({ allowPrivate: false, ...(host === undefined ? {} : { host }) });
    assert.equal(end.kind === 'failed' ? end.failure.code : end.kind, code);
    assert.deepEqual(the.seen, []);
  });

test('localhost is taken at its word, without asking for leave', async () => {
  await using the = await openRig((_request, response) => response.end());
  assert.equal((await the.post({ allowPrivate: false, host: 'localhost' })).kind, 'delivered');
});

test('who does not answer has ten seconds', async () => {
  const arrived = Promise.withResolvers<void>();
  await using the = await openRig(() => arrived.resolve());
  const ending = the.post();
  await arrived.promise;
  the.clock.advance(postTimeoutMs - 1);
  await settle();
  the.clock.advance(1);
  const end = await ending;
  assert.equal(end.kind === 'failed' ? end.failure.code : end.kind, 'timeout');
});

test('an answer that never ends keeps nothing from being delivered', async () => {
  await using the = await openRig((_request, response) => {
    const more = () => {
      while (response.write(Buffer.alloc(16_384)));
      response.once('drain', more);
    };
    more();
  });
  assert.equal((await the.post()).kind, 'delivered');
});

test('a receiver that is not there is a failed try; one that is interrupted is none', async () => {
  const gone = await openRig(() => undefined);
  await gone[Symbol.asyncDispose]();
  const end = await gone.post();
  assert.equal(end.kind === 'failed' ? end.failure.code : end.kind, 'connection');
  const arrived = Promise.withResolvers<void>();
  await using the = await openRig(() => arrived.resolve());
  const ending = the.post();
  await arrived.promise;
  the.stop.abort();
  assert.equal((await ending).kind, 'interrupted');
});
