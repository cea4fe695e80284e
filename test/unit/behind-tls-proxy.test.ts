import assert from 'node:assert/strict';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { request as plainRequest } from 'node:http';
import { createServer, type RequestOptions, request as secureRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { recordingLayout } from '@parley/mux';
import { PagesRig } from '../../packages/bot/src/testing/pages-rig.ts';
import { makeCertificate } from '../sim/src/core/certificate.ts';

const guild = '100000000000000001';
const ada = '200000000000000001';
const id = `${guild}-300000000000000001-20270115T080000000Z`;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** The pages behind a proxy that speaks TLS with browsers and plain HTTP with Parley, as docs/ops describes one. */
const open = async () => {
  await using scope = new AsyncDisposableStack();
  const { key, pem } = await makeCertificate();
  const target = { port: 0 };
  const proxy = createServer({ key, cert: pem }, (from, to) => {
    const headers = { ...from.headers, 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https' };
    const inner = plainRequest({ port: target.port, host: '127.0.0.1', method: from.method, path: from.url, headers });
    inner.on('response', (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
    });
    inner.on('error', () => to.destroy());
    from.pipe(inner);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  scope.defer(async () => {
    proxy.closeAllConnections();
    proxy.close();
    await once(proxy, 'close');
  });
  const { port } = proxy.address() as AddressInfo;
  const publicUrl = `https://127.0.0.1:${port}`;
  const rig = scope.use(await PagesRig.start({ publicUrl, trustProxy: ['127.0.0.1'] }));
  target.port = Number(new URL(rig.url).port);
  const folder = await rig.recording({ recordingSessionId: id, guildId: guild, requestedByUserId: ada });
  await writeFile(recordingLayout(folder).mix, 'OggS0123456789');
  /** What a browser does that trusts the proxy's certificate. */
  const ask = async (path: string, options: RequestOptions = {}, body = ''): Promise<Answer> => {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const asked = secureRequest({ host: '127.0.0.1', port, path, ca: pem, agent: false, ...options }, (answer) => {
      const blocks: Buffer[] = [];
      answer.on('data', (block: Buffer) => blocks.push(block));
      answer.on('end', () => {
        const text = Buffer.concat(blocks).toString();
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text });
      });
    });
    asked.on('error', reject);
    asked.end(body);
    return await promise;
  };
  const owned = scope.move();
  return { rig, publicUrl, ask, [Symbol.asyncDispose]: () => owned.disposeAsync() };
};

test('behind a TLS proxy a link signs in, changes are taken from its own pages alone, and audio comes in ranges', async () => {
  await using the = await open();
  const { rig, publicUrl, ask } = the;
  const link = await rig.desk.linkFor(ada, `/s/${id}`);
  assert.equal((await ask(link)).status, 200);
  const form = { 'content-type': 'application/x-www-form-urlencoded' };
  const plain = publicUrl.replace('https:', 'http:');
  assert.equal((await ask(link, { method: 'POST', headers: { ...form, origin: plain } })).status, 410);
  const used = await ask(link, { method: 'POST', headers: { ...form, origin: publicUrl } });
  assert.deepEqual([used.status, used.headers.location], [303, `/s/${id}`]);
  const [set = ''] = used.headers['set-cookie'] ?? [];
  assert.match(set, /^__Host-parley=[\w-]{43}; Path=\/; .*HttpOnly; Secure; SameSite=Lax$/);
  const cookie = set.split(';')[0] ?? '';
  const me = await ask('/api/me', { headers: { cookie } });
  const { csrf } = JSON.parse(me.body) as { csrf: string };
  const note = (origin: string) =>
    ask(
      `/api/recordings/${id}/notes`,
      { method: 'POST', headers: { cookie, origin, 'x-parley-csrf': csrf, 'content-type': 'application/json' } },
      JSON.stringify({ atMs: 1, text: 'here' }),
    );
  assert.deepEqual([(await note(publicUrl)).status, (await note(plain)).status], [200, 403]);
  const part = await ask(`/api/recordings/${id}/mix`, { headers: { cookie, range: 'bytes=4-6' } });
  assert.deepEqual([part.status, part.body, part.headers['content-range']], [206, '012', 'bytes 4-6/14']);
  assert.equal((await ask(`/api/recordings/${id}/mix`)).status, 401);
});
