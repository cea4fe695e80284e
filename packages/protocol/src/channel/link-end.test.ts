import assert from 'node:assert/strict';
import { PassThrough, Writable } from 'node:stream';
import { test } from 'node:test';
import { encodeFrame } from '../frame/frame.ts';
import { channelPair } from '../testing/channel-pair.ts';
import { FakeClock, settle } from '../testing/fake-clock.ts';
import { Channel, drainMs } from './channel.ts';
import type { ChannelReport } from './complaints.ts';

const userId = '100000000000000001';

/** A supervisor on two separate pipes, as with a child process. */
const overPipes = (writable: Writable = new PassThrough()) => {
  const clock = new FakeClock();
  const readable = new PassThrough();
  const reports: ChannelReport[] = [];
  const channel = new Channel({
    side: 'supervisor',
    readable,
    writable,
    clock,
    report: (report) => reports.push(report),
  });
  channel.welcome();
  return { channel, clock, readable, writable, reports };
};
const farewell = encodeFrame({ kind: 'notification', type: 'fatal', id: null, payload: { code: 'x', message: 'bye' } });

test('the end of the input ends the link after everything that came before it', async () => {
  const { supervisor, voxproc } = channelPair();
  const heard: string[] = [];
  supervisor.onNotification('participant.left', () => heard.push('left'));
  void supervisor.closed.then(({ kind }) => heard.push(kind));
  voxproc.notify('participant.left', { userId });
  voxproc.close();
  await settle();
  assert.deepEqual(heard, ['left', 'ended']);
  assert.deepEqual(await voxproc.closed, { kind: 'closed' });
});

test('an input that is destroyed without an end ends the link', async () => {
  const { channel, readable } = overPipes();
  readable.destroy();
  assert.deepEqual(await channel.closed, { kind: 'ended' });
});

test('an input that broke ends the link after everything that came before it', async () => {
  const { channel, readable } = overPipes();
  let heard = '';
  channel.onNotification('fatal', ({ message }) => {
    heard = message;
  });
  readable.write(farewell);
  readable.destroy(new Error('ECONNRESET'));
  assert.deepEqual(await channel.closed, { kind: 'read_failed', message: 'ECONNRESET' });
  assert.equal(heard, 'bye');
});

test('a channel over streams that are over already ends at once', async () => {
  const readable = new PassThrough();
  readable.destroy();
  await settle();
  const channel = new Channel({ side: 'supervisor', readable, writable: new PassThrough(), clock: new FakeClock() });
  assert.deepEqual(await channel.closed, { kind: 'ended' });
});

const garbage = {
  'bytes that are no frame': Buffer.from('a stray line\n'),
  'an empty frame': Buffer.alloc(4),
  'an oversized frame': Buffer.from('00001000ffff', 'hex').fill(0xff, 0, 4),
  'an unknown kind': Buffer.from('0600000094 09 a1 74 c0 80'.replaceAll(' ', ''), 'hex'),
};
for (const [what, bytes] of Object.entries(garbage)) {
  test(`${what} end the link after what came before, and nothing that follows is read`, async () => {
    const { supervisor, voxproc, voxprocStream, reports } = channelPair();
    let heard = 0;
    supervisor.onNotification('participant.left', () => {
      heard += 1;
    });
    voxproc.notify('participant.left', { userId });
    const pending = assert.rejects(supervisor.request('stats.get', {}), { code: 'link_closed' });
    voxprocStream.write(bytes);
    voxproc.notify('participant.left', { userId });
    const end = await supervisor.closed;
    assert.equal(end.kind, 'garbage');
    assert.match('message' in end ? end.message : '', /length \d+, first bytes/);
    await pending;
    await settle();
    assert.equal(heard, 1);
    assert.deepEqual(reports.supervisor, []);
    assert.equal((await voxproc.closed).kind, 'ended');
  });
}

test('a peer is not blocked by a link that is over: what it still says is read away', async () => {
  const { supervisor, voxprocStream } = channelPair({ highWaterMark: 1_024 });
  supervisor.close();
  for (let index = 0; index < 100; index += 1) voxprocStream.write(Buffer.alloc(1_024));
  await settle();
  assert.equal(voxprocStream.writableLength, 0);
});

test('a broken output ends the link once, after the last words of the peer', async () => {
  const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error('write EPIPE')) });
  const { channel, clock, readable } = overPipes(broken);
  const heard: string[] = [];
  channel.onNotification('fatal', ({ message }) => heard.push(message));
  void channel.closed.then(({ kind }) => heard.push(kind));
  const pending = assert.rejects(channel.request('ping', { seq: 1 }), { code: 'link_closed' });
  await settle();
  assert.equal(channel.isOpen, false);
  channel.notify('gateway.available', { available: true });
  broken.emit('error', new Error('write EPIPE again'));
  readable.write(farewell);
  readable.end();
  await pending;
  assert.deepEqual(await channel.closed, { kind: 'write_failed', message: 'write EPIPE' });
  assert.deepEqual(heard, ['bye', 'write_failed']);
  assert.equal(clock.timers, 0);
});

test('a broken output ends the link within a second when the peer neither ends nor speaks', async () => {
  const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error('write EPIPE')) });
  const { channel, clock } = overPipes(broken);
  let end = '';
  void channel.closed.then(({ kind }) => {
    end = kind;
  });
  channel.notify('gateway.available', { available: true });
  await clock.run(drainMs - 1);
  assert.equal(end, '');
  await clock.run(1);
  assert.equal(end, 'write_failed');
});

test('an output that the peer closed ends the link', async () => {
  const { channel, clock, writable } = overPipes();
  writable.destroy();
  await settle();
  assert.equal(channel.isOpen, false);
  await clock.run(drainMs);
  assert.deepEqual(await channel.closed, { kind: 'ended' });
});

test('end sends what waits, then the peer sees the end of its input', async () => {
  const { voxproc, supervisor, supervisorStream, clock } = channelPair({ highWaterMark: 512 });
  let heard = 0;
  supervisor.onNotification('segment.closed', () => {
    heard += 1;
  });
  supervisorStream.pause();
  for (let index = 0; index < 500; index += 1) voxproc.notify('segment.closed', { sidecar: { index } });
  const ended = voxproc.end();
  voxproc.notify('segment.closed', { sidecar: { index: 'late' } });
  assert.equal(voxproc.end(), ended);
  supervisorStream.resume();
  await ended;
  assert.deepEqual(await voxproc.closed, { kind: 'closed' });
  assert.deepEqual(await supervisor.closed, { kind: 'ended' });
  assert.equal(heard, 500);
  assert.equal(clock.timers, 0);
});

test('end still sends what waits when the peer ends its side first', async () => {
  const { voxproc, supervisor, supervisorStream, voxprocStream, clock } = channelPair({ highWaterMark: 512 });
  supervisorStream.pause();
  for (let index = 0; index < 500; index += 1) voxproc.notify('segment.closed', { sidecar: { index } });
  const ended = voxproc.end();
  supervisorStream.end();
  await settle();
  assert.ok(voxprocStream.readableEnded && voxproc.queued > 0);
  supervisorStream.resume();
  await ended;
  assert.equal(voxprocStream.writableFinished, true);
  assert.equal((await supervisor.closed).kind, 'ended');
  assert.equal(clock.timers, 0);
});

test('end gives up on a peer that does not read after one second, and says so', async () => {
  const { voxproc, voxprocStream, supervisorStream, clock, reports } = channelPair({ highWaterMark: 512 });
  supervisorStream.pause();
  for (let index = 0; index < 50; index += 1) voxproc.notify('segment.closed', { sidecar: { index } });
  let done = false;
  const ended = voxproc.end().then(() => {
    done = true;
  });
  await clock.run(drainMs - 1);
  assert.equal(done, false);
  await clock.run(1);
  await ended;
  assert.deepEqual(
    reports.voxproc.map(({ what }) => what),
    ['undelivered'],
  );
  assert.ok(voxprocStream.destroyed);
  assert.deepEqual(await voxproc.closed, { kind: 'closed' });
});

test('end resolves when the output breaks meanwhile, and when the link is over already', async () => {
  const stuck = new Writable({ highWaterMark: 1, write: () => {} });
  const { channel, reports } = overPipes(stuck);
  channel.notify('gateway.available', { available: true });
  channel.notify('gateway.available', { available: true });
  const ended = channel.end();
  await settle();
  stuck.destroy(new Error('write EPIPE'));
  await ended;
  assert.equal(reports[0]?.what, 'undelivered');
  await channel.end();
  channel.close();
  assert.deepEqual(await channel.closed, { kind: 'closed' });
});

test('disposing closes the link and resolves an end that waits', async () => {
  const { voxproc, supervisorStream, clock } = channelPair({ highWaterMark: 512 });
  supervisorStream.pause();
  for (let index = 0; index < 50; index += 1) voxproc.notify('segment.closed', { sidecar: { index } });
  const ended = voxproc.end();
  await voxproc[Symbol.asyncDispose]();
  await ended;
  assert.equal(clock.timers, 0);
});
