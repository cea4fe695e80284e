import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFrame } from './frame/frame.ts';
import { FrameDecoder } from './frame/frame-decoder.ts';
import { acceptHello, helloTimeoutMs, sayHello } from './handshake.ts';
import { protocolVersion } from './messages.ts';
import { channelPair } from './testing/channel-pair.ts';
import { settle } from './testing/fake-clock.ts';

const self = { version: '0.1.0', pid: 42, node: 'v24.21.0', capabilities: ['dave'] };
const welcome = { logLevel: 'debug' };
const helloFrom = (major: number) =>
  encodeFrame({ kind: 'request', type: 'hello', id: 1, payload: { ...self, protocol: { major, minor: 3 } } });

test('hello is answered by welcome, and from then on everything is valid', async () => {
  const { supervisor, voxproc, clock } = channelPair({ welcomed: false });
  const [hello, answer] = await Promise.all([
    acceptHello(supervisor, { ...welcome, caPem: 'pem' }, { clock }),
    sayHello(voxproc, self),
  ]);
  assert.deepEqual(hello, { ...self, protocol: protocolVersion });
  assert.deepEqual(answer, { ...welcome, caPem: 'pem', protocol: protocolVersion });
  voxproc.onRequest('ping', ({ seq }) => ({ seq, loopDelayP99Ms: 0, controlQueued: 0, rssBytes: 0 }));
  assert.equal((await supervisor.request('ping', { seq: 9 })).seq, 9);
  assert.equal(clock.timers, 0);
});

test('what the supervisor sends as soon as it knows hello arrives after the welcome', async () => {
  const { supervisor, voxproc, clock } = channelPair({ welcomed: false });
  const heard: string[] = [];
  voxproc.onNotification('gateway.available', () => heard.push('available'));
  const accepted = acceptHello(supervisor, welcome, { clock }).then(() =>
    supervisor.notify('gateway.available', { available: true }),
  );
  await Promise.all([sayHello(voxproc, self).then(() => heard.push('welcome')), accepted]);
  await settle();
  assert.deepEqual(heard, ['welcome', 'available']);
  assert.equal(voxproc.counters.early, 0);
});

test('another major version is refused on both sides with protocol_mismatch', async () => {
  const { supervisor, supervisorStream, voxprocStream, clock } = channelPair({ welcomed: false });
  const answers: unknown[] = [];
  const decoder = new FrameDecoder();
  voxprocStream.on('data', (chunk) => answers.push(...decoder.push(chunk)));
  const refused = assert.rejects(acceptHello(supervisor, welcome, { clock }), {
    code: 'protocol_mismatch',
    message: /speaks protocol 2.x, this one 1\.\d+; run both from one checkout/,
  });
  voxprocStream.write(helloFrom(2));
  await refused;
  supervisor.close();
  await settle();
  assert.equal((answers[0] as { payload: { code: string } }).payload.code, 'protocol_mismatch');
  assert.equal(clock.timers, 0);
  assert.ok(supervisorStream.writableEnded);
});

test('a supervisor of another major that answers all the same is refused by the child', async () => {
  const { supervisor, voxproc } = channelPair({ welcomed: false });
  supervisor.onRequest('hello', () => ({ ...welcome, protocol: { major: 9, minor: 0 } }));
  await assert.rejects(sayHello(voxproc, self), { code: 'protocol_mismatch' });
});

test('another minor version is welcome', async () => {
  const { supervisor, voxprocStream, clock } = channelPair({ welcomed: false });
  const accepted = acceptHello(supervisor, welcome, { clock });
  voxprocStream.write(helloFrom(protocolVersion.major));
  assert.equal((await accepted).protocol.minor, 3);
});

test('a child that says nothing is given up after 10 s', async () => {
  const { supervisor, clock } = channelPair({ welcomed: false });
  let given = false;
  const refused = assert.rejects(acceptHello(supervisor, welcome, { clock }), { code: 'deadline_exceeded' });
  void refused.then(() => {
    given = true;
  });
  await clock.run(helloTimeoutMs - 1);
  assert.equal(given, false);
  await clock.run(1);
  await refused;
  assert.equal(clock.timers, 0);
});

test('a supervisor that does not answer is given up after 3 s', async () => {
  const { supervisor, voxproc, clock } = channelPair({ welcomed: false });
  supervisor.onRequest('hello', () => new Promise(() => {}));
  const refused = assert.rejects(sayHello(voxproc, self), { code: 'deadline_exceeded', message: /within 3000 ms/ });
  await clock.run(3_000);
  await refused;
});

test('a link that ends before hello ends the wait', async () => {
  const { supervisor, voxproc, clock } = channelPair({ welcomed: false });
  const refused = assert.rejects(acceptHello(supervisor, welcome, { clock }), { code: 'link_closed' });
  voxproc.close();
  await refused;
  assert.equal(clock.timers, 0);
});

test('everything before hello is refused: requests by not_welcome, notifications by being counted', async () => {
  const { supervisor, voxproc, reports } = channelPair({ welcomed: false });
  voxproc.onRequest('stats.get', () => assert.fail('handled'));
  voxproc.onNotification('gateway.available', () => assert.fail('delivered'));
  const refused = assert.rejects(supervisor.request('stats.get', {}), { code: 'not_welcome' });
  supervisor.notify('gateway.available', { available: true });
  supervisor.notify('gateway.available', { available: false });
  await refused;
  await settle();
  assert.equal(voxproc.counters.early, 2);
  assert.deepEqual(
    reports.voxproc.map(({ what, type }) => [what, type]),
    [['early', 'gateway.available']],
  );
});

test('a second hello is refused', async () => {
  const { supervisor, voxproc, clock } = channelPair({ welcomed: false });
  await Promise.all([acceptHello(supervisor, welcome, { clock }), sayHello(voxproc, self)]);
  await assert.rejects(sayHello(voxproc, self), { code: 'unknown_type' });
});
