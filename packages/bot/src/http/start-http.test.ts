import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import { pino } from 'pino';
import { ApiFailure } from './api/api-failure.ts';
import type { HealthReport } from './health.ts';
import { openLinkSigner } from './link-signer.ts';
import { createMetrics } from './metrics.ts';
import { startHttp } from './start-http.ts';

const recordingSessionId = '100000000000000001-300000000000000001-20270115T080000000Z';
const track = 'tracks/200000000000000001.ogg';
const audio = 'OggS0123456789';

const healthy: HealthReport = {
  alive: true,
  ready: true,
  problems: [],
  version: '0.1.0',
  uptimeSeconds: 1,
  gateway: 'ready',
  sessions: 0,
  recordings: 0,
  muxQueue: 0,
  store: { driver: 'node', pending: 0, dropped: 0, failures: 0 },
  freeBytes: null,
};

const setUp = async () => {
  const stack = new AsyncDisposableStack();
  const root = await mkdtemp(join(tmpdir(), 'parley-http-'));
  stack.defer(() => rm(root, { recursive: true, force: true }));
  const recordingsDir = join(root, 'recordings');
  const folder = join(recordingsDir, 'sessions', recordingSessionId);
  await mkdir(join(folder, 'tracks'), { recursive: true });
  await writeFile(join(folder, 'full.ogg'), audio);
  await writeFile(join(folder, track), '');
  await writeFile(join(folder, 'session.json'), 'private');
  const links = await openLinkSigner(join(root, 'data'));
  const clock = new FakeClock();
  const metrics = stack.use(createMetrics());
  let report = healthy;
  let failure: Error | null = null;
  const server = stack.use(
    await startHttp({
      settings: { http: { host: '127.0.0.1', port: 0, trustProxy: [] } },
      health: () => {
        if (failure !== null) throw failure;
        return report;
      },
      metrics,
      recordingsDir,
      exportsDir: join(root, 'data', 'exports'),
      logger: pino({ level: 'silent' }),
      links,
      clock,
    }),
  );
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${server.url}${path}`, { headers, method });
  const file = (name: string) => links.sign({ recordingSessionId, file: name }, clock.now() + 60_000);
  return {
    ...{ root, folder, server, links, clock, metrics, get, file },
    report: (next: Partial<HealthReport>) => {
      report = { ...healthy, ...next };
    },
    failWith: (error: Error) => {
      failure = error;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
};

/** Sends a path exactly as it is: `fetch` would tidy dots away. */
const raw = (url: string, path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    request({ hostname, port, path, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });

test('health, readiness and metrics are answered with security headers', async () => {
  await using http = await setUp();
  const health = await http.get('/healthz');
  assert.equal(health.status, 200);
  assert.deepEqual(await health.json(), healthy);
  assert.equal(health.headers.get('x-content-type-options'), 'nosniff');
  assert.match(health.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  assert.equal((await http.get('/readyz')).status, 200);
  http.report({ ready: false, problems: ['gateway_down'] });
  const notReady = await http.get('/readyz');
  assert.deepEqual([notReady.status, await notReady.json()], [503, { ready: false, problems: ['gateway_down'] }]);
  assert.equal((await http.get('/healthz')).status, 200, 'not ready is still alive');
  http.report({ alive: false });
  assert.equal((await http.get('/healthz')).status, 503);
  http.metrics.joins.inc({ outcome: 'refused', reason: 'channel_full' });
  const metrics = await (await http.get('/metrics')).text();
  assert.match(metrics, /parley_joins_total\{outcome="refused",reason="channel_full"\} 1/);
  assert.match(metrics, /parley_loop_lag_seconds\{quantile="0.99"\} \d/);
});

test('an unknown path and a failing report say a code and words, and nothing of our inside', async () => {
  await using http = await setUp();
  const missing = await http.get('/etc/passwd');
  assert.deepEqual([missing.status, await missing.json()], [404, new ApiFailure('not_found').toAnswer()]);
  http.failWith(new Error('secret detail'));
  const failed = await http.get('/healthz');
  assert.deepEqual([failed.status, await failed.json()], [500, new ApiFailure('internal').toAnswer()]);
});

test('a signed link leads to an export, under a name that says what it is', async () => {
  await using http = await setUp();
  const name = '5b0f3c1e-6f0a-4d52-9f4e-2f0c8a7d1b3a.zip';
  const exports = join(http.root, 'data', 'exports', recordingSessionId);
  await mkdir(exports, { recursive: true });
  await writeFile(join(exports, name), 'PK');
  const found = await http.get(http.file(`exports/${name}`));
  assert.deepEqual(
    [found.status, await found.text(), found.headers.get('content-type'), found.headers.get('content-disposition')],
    [200, 'PK', 'application/zip', `attachment; filename="${recordingSessionId}-export.zip"`],
  );
  for (const file of [
    'exports/../link-secret',
    'exports/x.zip',
    `exports/${name}/..`,
    `exports/${name.toUpperCase()}`,
  ]) {
    assert.throws(() => http.file(file), RangeError, file);
  }
});

test('a signed link serves the file, whole, in part, and its head', async () => {
  await using http = await setUp();
  const path = http.file('full.ogg');
  const whole = await http.get(path);
  assert.equal(await whole.text(), audio);
  assert.deepEqual(
    [whole.status, whole.headers.get('content-type'), whole.headers.get('accept-ranges')],
    [200, 'audio/ogg', 'bytes'],
  );
  assert.equal(whole.headers.get('content-disposition'), `attachment; filename="${recordingSessionId}-full.ogg"`);
  const part = await http.get(path, { range: 'bytes=4-6' });
  assert.deepEqual(
    [part.status, await part.text(), part.headers.get('content-range'), part.headers.get('content-length')],
    [206, '012', `bytes 4-6/${audio.length}`, '3'],
  );
  const beyond = await http.get(path, { range: 'bytes=99-' });
  assert.deepEqual([beyond.status, beyond.headers.get('content-range')], [416, `bytes */${audio.length}`]);
  const head = await http.get(path, {}, 'HEAD');
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(audio.length)]);
  const empty = await http.get(http.file(track));
  assert.deepEqual([empty.status, await empty.text()], [200, '']);
});

test('an expired, changed or unsigned link opens nothing', async () => {
  await using http = await setUp();
  const path = http.file('full.ogg');
  const other = http.file(track);
  const status = async (changed: string): Promise<number> => (await http.get(changed)).status;
  assert.equal(await status(path.split('?')[0] ?? ''), 403);
  assert.equal(await status(path.replace('full.ogg', track)), 403);
  assert.equal(await status(path.replace(/exp=\d+/, 'exp=99999999999')), 403);
  assert.equal(await status(path.replace(/sig=.*/, 'sig=')), 403);
  assert.equal(await status(`${path}&sig=x`), 403);
  assert.equal(await status(path.replace(/sig=.*/, other.slice(other.indexOf('sig=')))), 403);
  assert.equal(await status(path), 200);
  http.clock.advance(60_001);
  assert.equal(await status(path), 410);
});

test('no path leads out of the mix and the tracks', async () => {
  await using http = await setUp();
  const query = http.file('full.ogg').split('?')[1];
  for (const file of [
    'session.json',
    '../full.ogg',
    'tracks/../session.json',
    'tracks/%2e%2e/session.json',
    '..%2f..%2fdata%2flink-secret',
    'tracks/200000000000000001.ogg%00.txt',
    'full.ogg/',
    'segments/200000000000000001/000000000000-1.ogg',
  ])
    assert.ok([403, 404, 400].includes(await raw(http.server.url, `/dl/${recordingSessionId}/${file}?${query}`)), file);
  assert.equal(await raw(http.server.url, `/dl/../../etc/full.ogg?${query}`), 403);
  assert.throws(() => http.links.sign({ recordingSessionId, file: 'session.json' }, 0), RangeError);
  assert.throws(() => http.links.sign({ recordingSessionId: '../x', file: 'full.ogg' }, 0), RangeError);
});

test('even a right signature opens nothing but the mix and the tracks', async () => {
  await using http = await setUp();
  const secret = await readFile(join(http.root, 'data', 'link-secret'));
  const exp = Math.floor(http.clock.now() / 1000) + 60;
  for (const [file, status] of [
    ['full.ogg', 200],
    ['session.json', 403],
  ] as const) {
    const signed = `v1\n${recordingSessionId}\n${file}\n${exp}`;
    const sig = createHmac('sha256', secret).update(signed).digest('base64url');
    assert.equal((await http.get(`/dl/${recordingSessionId}/${file}?exp=${exp}&sig=${sig}`)).status, status);
  }
});

test('a file that is gone, or is a link to somewhere, is not found', async () => {
  await using http = await setUp();
  const path = http.file('full.ogg');
  await rm(join(http.folder, 'full.ogg'));
  assert.equal((await http.get(path)).status, 404);
  await symlink(join(http.folder, 'session.json'), join(http.folder, 'full.ogg'));
  assert.equal((await http.get(path)).status, 404);
});

test('the link secret is made once and belongs to its owner alone', async () => {
  await using http = await setUp();
  const file = join(http.root, 'data', 'link-secret');
  const secret = await readFile(file);
  assert.equal(secret.length, 32);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  const again = await openLinkSigner(join(http.root, 'data'));
  const target = { recordingSessionId, file: 'full.ogg' };
  assert.equal(again.sign(target, 5_000_000), http.links.sign(target, 5_000_000));
  const elsewhere = await openLinkSigner(join(http.root, 'other'));
  assert.notEqual(elsewhere.sign(target, 5_000_000), http.links.sign(target, 5_000_000));
});

test('a link secret that a power cut left torn is replaced', async () => {
  await using http = await setUp();
  const file = join(http.root, 'data', 'link-secret');
  await writeFile(file, 'torn');
  const signer = await openLinkSigner(join(http.root, 'data'));
  const target = { recordingSessionId, file: 'full.ogg' };
  assert.equal((await readFile(file)).length, 32);
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.notEqual(signer.sign(target, 5_000_000), http.links.sign(target, 5_000_000));
});

test('a port in use is named with the way out', async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const address = taken.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  using metrics = createMetrics();
  await assert.rejects(
    startHttp({
      settings: { http: { host: '127.0.0.1', port, trustProxy: [] } },
      health: () => healthy,
      metrics,
      recordingsDir: '/nowhere',
      exportsDir: '/nowhere',
      logger: pino({ level: 'silent' }),
    }),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, 'port_in_use');
      assert.match(error.message, new RegExp(`port ${port} .*PARLEY_HTTP_PORT`));
      return true;
    },
  );
  await new Promise((resolve) => taken.close(resolve));
});

test('without a signer there are no downloads', async () => {
  using metrics = createMetrics();
  await using server = await startHttp({
    settings: { http: { host: '127.0.0.1', port: 0, trustProxy: [] } },
    health: () => healthy,
    metrics,
    recordingsDir: '/nowhere',
    exportsDir: '/nowhere',
    logger: pino({ level: 'silent' }),
  });
  assert.equal((await fetch(`${server.url}/dl/${recordingSessionId}/full.ogg`)).status, 404);
});
