import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { test } from 'node:test';
import { guardedFetch } from './guarded-fetch.ts';

const serve = async (listener: RequestListener) => {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

/** Every name leads to these addresses. */
const leadsTo =
  (...addresses: string[]): LookupFunction =>
  (_hostname, _options, callback) =>
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );

const codeOf = async (answer: Promise<unknown>): Promise<string> => {
  try {
    await answer;
    return 'none';
  } catch (error) {
    for (let at: unknown = error; at instanceof Error; at = at.cause) {
      if ('code' in at && typeof at.code === 'string') return at.code;
    }
    return String(error);
  }
};

test('an allowed host is asked and answers', async () => {
  await using server = await serve((_request, response) => response.end('hello'));
  await using net = guardedFetch({ allowPrivate: false, maxBytes: 100 });
  const response = await net.fetch(`http://127.0.0.1:${server.port}/`);
  assert.equal(await response.text(), 'hello');
});

const refused: readonly (readonly [string, string, LookupFunction, string])[] = [
  ['a private address', 'http://192.168.1.1/', leadsTo('8.8.8.8'), 'address_refused'],
  ['the metadata service of a cloud', 'http://169.254.169.254/', leadsTo('8.8.8.8'), 'address_refused'],
  ['a private IPv6 address', 'http://[fd00::1]/', leadsTo('8.8.8.8'), 'address_refused'],
  ['a name that leads to this machine', 'http://media.example.org/', leadsTo('127.0.0.1'), 'address_refused'],
  [
    'a name of which one address is private',
    'http://media.example.org/',
    leadsTo('8.8.8.8', '10.0.0.1'),
    'address_refused',
  ],
  [
    'a name and a password in the address',
    'http://ada:sesame@media.example.org/',
    leadsTo('8.8.8.8'),
    'credentials_refused',
  ],
  ['another scheme', 'file:///etc/passwd', leadsTo('8.8.8.8'), 'scheme_refused'],
];
for (const [name, url, lookup, code] of refused) {
  test(`not asked: ${name}`, async () => {
    await using net = guardedFetch({ allowPrivate: false, maxBytes: 100, lookup });
    assert.equal(await codeOf(net.fetch(url)), code);
  });
}

test('a password in an address is in no message', async () => {
  await using net = guardedFetch({ allowPrivate: false, maxBytes: 100 });
  await assert.rejects(net.fetch('http://ada:sesame@media.example.org/'), (error: Error) => {
    assert.doesNotMatch(`${error.message} ${String(error.cause)}`, /sesame/);
    return true;
  });
});

test('a redirect is not followed', async () => {
  await using server = await serve((_request, response) => response.writeHead(302, { location: '/other' }).end());
  await using net = guardedFetch({ allowPrivate: false, maxBytes: 100 });
  await assert.rejects(net.fetch(`http://127.0.0.1:${server.port}/`));
});

test('a body beyond the bound is given up', async () => {
  await using server = await serve((_request, response) => response.end(Buffer.alloc(1000)));
  await using net = guardedFetch({ allowPrivate: false, maxBytes: 999 });
  const response = await net.fetch(`http://127.0.0.1:${server.port}/`);
  assert.equal(await codeOf(response.arrayBuffer()), 'too_large');
});
