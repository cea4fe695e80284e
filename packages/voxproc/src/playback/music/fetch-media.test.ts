import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { systemClock } from '@parley/protocol';
import { FakeClock } from '@parley/protocol/testing';
import { fetchMedia, MAX_BODY_BYTES } from './fetch-media.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let port = 0;
let answer: Answer = () => undefined;
const asked: { host: string | undefined; url: string | undefined }[] = [];
const server = createServer((request, response) => {
  asked.push({ host: request.headers.host, url: request.url });
  answer(request, response);
});
before(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

const fetch = (path: string, over: Partial<Parameters<typeof fetchMedia>[0]> = {}) => {
  asked.length = 0;
  return fetchMedia({
    clock: systemClock,
    url: `http://music.example:${port}${path}`,
    allowPrivate: true,
    signal: new AbortController().signal,
    lookup: async () => ['127.0.0.1'],
    ...over,
  });
};
const audio: Answer = (_, response) =>
  response.writeHead(200, { 'content-type': 'audio/ogg; codecs=opus' }).end('sound');

test('a host is resolved once, and asked by its name at the address that was judged', async () => {
  answer = audio;
  let lookups = 0;
  const body = await fetch('/song.ogg?a=1', {
    lookup: async () => {
      lookups += 1;
      return ['127.0.0.1'];
    },
  });
  assert.equal((await buffer(body)).toString(), 'sound');
  assert.deepEqual(asked, [{ host: `music.example:${port}`, url: '/song.ogg?a=1' }]);
  assert.equal(lookups, 1);
});

test('a host without a public address is refused before anything is sent', async () => {
  answer = audio;
  for (const [url, addresses] of [
    [`http://music.example:${port}/`, ['127.0.0.1']],
    [`http://music.example:${port}/`, ['10.0.0.1', '::1']],
    [`http://127.0.0.1:${port}/`, []],
    [`http://[::1]:${port}/`, []],
    [`http://2130706433:${port}/`, []],
  ] as const) {
    await assert.rejects(fetch('/', { url, allowPrivate: false, lookup: async () => addresses }), {
      code: 'address_refused',
    });
  }
  assert.deepEqual(asked, []);
});

test('a redirect is judged like the first address', async () => {
  answer = (request, response) =>
    request.url === '/first'
      ? response.writeHead(302, { location: `http://other.example:${port}/second` }).end()
      : audio(request, response);
  const judged: string[] = [];
  const lookup = async (host: string) => {
    judged.push(host);
    return ['127.0.0.1'];
  };
  assert.equal((await buffer(await fetch('/first', { lookup }))).toString(), 'sound');
  assert.deepEqual(judged, ['music.example', 'other.example']);
  assert.deepEqual(
    asked.map(({ host }) => host),
    [`music.example:${port}`, `other.example:${port}`],
  );
  for (const [location, code] of [
    ['file:///etc/passwd', 'fetch_failed'],
    ['http://[', 'fetch_failed'],
  ] as const) {
    answer = (_, response) => response.writeHead(302, { location }).end();
    await assert.rejects(fetch('/'), { code });
  }
});

test('a redirect from a public address to a private one is refused', async () => {
  answer = (_, response) => response.writeHead(302, { location: `http://inside.example:${port}/` }).end();
  // Nothing public can be reached here: one address of this host stands for it.
  await assert.rejects(
    fetch('/', {
      allowPrivate: false,
      isPublic: (address) => address === '127.0.0.1',
      lookup: async (host) => [host === 'inside.example' ? '127.0.0.2' : '127.0.0.1'],
    }),
    { code: 'address_refused', message: /127\.0\.0\.2 is not on the public internet/ },
  );
  assert.equal(asked.length, 1);
});

test('five redirects are followed, a sixth is not', async () => {
  const upTo =
    (count: number): Answer =>
    (request, response) => {
      const step = Number(request.url?.slice(1));
      if (step < count) response.writeHead(307, { location: `/${step + 1}` }).end();
      else audio(request, response);
    };
  answer = upTo(5);
  assert.equal((await buffer(await fetch('/0'))).toString(), 'sound');
  answer = upTo(6);
  await assert.rejects(fetch('/0'), { code: 'fetch_failed', message: /more than 5/ });
});

for (const [says, status, headers, words] of [
  ['a page', 200, { 'content-type': 'text/html' }, /text\/html, not with audio/],
  ['no type', 200, {}, /no type/],
  ['not found', 404, { 'content-type': 'audio/ogg' }, /answered 404/],
  ['a part', 206, { 'content-type': 'audio/ogg' }, /answered 206/],
  ['a redirect to nowhere', 301, {}, /answered 301/],
  ['something compressed', 200, { 'content-type': 'audio/ogg', 'content-encoding': 'gzip' }, /encoding gzip/],
  ['too much', 200, { 'content-type': 'audio/ogg', 'content-length': `${MAX_BODY_BYTES + 1}` }, /more than/],
] as const) {
  test(`what is not music is refused: ${says}`, async () => {
    answer = (_, response) => response.writeHead(status, headers).end();
    await assert.rejects(fetch('/'), { code: 'fetch_failed', message: words });
  });
}

test('a body that does not say how large it is ends where it is too large', async () => {
  answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'audio/ogg' });
    for (let piece = 0; piece < 10; piece += 1) response.write(Buffer.alloc(1000));
    response.end();
  };
  await assert.rejects(buffer(await fetch('/', { maxBytes: 5000 })), {
    code: 'fetch_failed',
    message: /larger than 5000/,
  });
  assert.equal((await buffer(await fetch('/', { maxBytes: 10_000 }))).length, 10_000);
});

test('what may hold audio is taken', async () => {
  for (const type of ['audio/mpeg', 'video/webm', 'application/ogg', 'application/octet-stream', 'AUDIO/OGG;x=y']) {
    answer = (_, response) => response.writeHead(200, { 'content-type': type }).end('sound');
    assert.equal((await buffer(await fetch('/'))).toString(), 'sound');
  }
});

test('over TLS it is the name that is asked for, not the address', async () => {
  const named: string[] = [];
  const secure = createSecureServer({
    SNICallback: (name, done) => {
      named.push(name);
      done(new Error('no certificate here'));
    },
  });
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
  secure.on('tlsClientError', () => undefined);
  try {
    const url = `https://music.example:${(secure.address() as AddressInfo).port}/`;
    await assert.rejects(fetch('/', { url }), { code: 'fetch_failed' });
    assert.deepEqual(named, ['music.example']);
  } finally {
    secure.close();
  }
});

test('nobody is waited for longer than ten seconds, whether the name or the server is silent', async () => {
  const arrived = Promise.withResolvers<void>();
  answer = () => arrived.resolve();
  const clock = new FakeClock();
  const silent = assert.rejects(fetch('/', { clock }), { code: 'fetch_failed', message: /no answer within 10000 ms/ });
  await arrived.promise;
  clock.advance(10_000);
  await silent;
  const unresolved = assert.rejects(fetch('/', { clock, lookup: () => new Promise(() => undefined) }), {
    code: 'fetch_failed',
  });
  clock.advance(10_000);
  await unresolved;
  assert.equal(clock.timers, 0);
});

test('what is given up is asked no more', async () => {
  const arrived = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  answer = (request) => {
    request.on('close', () => closed.resolve());
    arrived.resolve();
  };
  const controller = new AbortController();
  const asking = assert.rejects(fetch('/', { signal: controller.signal }), /not any more/);
  await arrived.promise;
  controller.abort(new Error('not any more'));
  await asking;
  await closed.promise;
});

test('a name that is not known, and a port nobody listens on', async () => {
  const unknown = async () => {
    throw new Error('getaddrinfo ENOTFOUND music.example');
  };
  await assert.rejects(fetch('/', { lookup: unknown }), { code: 'fetch_failed', message: /ENOTFOUND/ });
  await assert.rejects(fetch('/', { lookup: async () => [] }), { code: 'fetch_failed', message: /no address/ });
  await assert.rejects(fetch('/', { url: 'http://music.example:1/' }), {
    code: 'fetch_failed',
    message: /ECONNREFUSED/,
  });
  await assert.rejects(fetch('/', { url: 'ftp://music.example/' }), {
    code: 'fetch_failed',
    message: /ftp: is not fetched/,
  });
});
