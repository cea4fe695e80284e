import assert from 'node:assert/strict';
import { test } from 'node:test';
import { channelPair } from '../testing/channel-pair.ts';
import { settle } from '../testing/fake-clock.ts';
import { maxQueuedBytes, maxQueuedControl } from './outbox.ts';

const person = (index: number): string => String(100_000_000_000_000_000n + BigInt(index));

test('a reader that does not read never makes the writer hold more than its bounds, and the link ends with the reason', async () => {
  const { voxproc, supervisorStream, voxprocStream } = channelPair();
  supervisorStream.pause();
  let most = 0;
  for (let index = 0; index < 20_000 && voxproc.isOpen; index += 1) {
    voxproc.notify('segment.closed', { sidecar: { words: 'x'.repeat(1_000) } });
    most = Math.max(most, voxproc.queued);
    assert.ok(voxprocStream.writableLength <= 65_536 + 1_100);
  }
  assert.equal(most, maxQueuedControl);
  assert.deepEqual(await voxproc.closed, {
    kind: 'overflow',
    message: `the peer does not read: ${maxQueuedControl} frames were waiting`,
  });
  assert.equal(voxproc.queued, 0);
});

test('large frames end the link by their bytes', async () => {
  const { voxproc, supervisorStream } = channelPair();
  supervisorStream.pause();
  let sent = 0;
  while (voxproc.isOpen) {
    voxproc.notify('segment.closed', { sidecar: { words: 'x'.repeat(1_000_000) } });
    sent += 1;
  }
  assert.ok(sent * 1_000_000 <= maxQueuedBytes + 3_000_000, `${sent} frames were taken`);
  assert.equal((await voxproc.closed).kind, 'overflow');
});

test('while the queue is more than half full the newest of each person and code is kept, and all control frames arrive first', async () => {
  const { voxproc, supervisor, supervisorStream } = channelPair({ maxQueued: 20, highWaterMark: 1_024 });
  const seen: string[] = [];
  supervisor.onNotification('segment.closed', ({ sidecar }) => seen.push(`segment ${sidecar.index}`));
  supervisor.onNotification('warning', ({ code, userId, message }) =>
    seen.push(`${code} ${userId?.at(-1)} ${message}`),
  );
  supervisorStream.pause();
  let index = 0;
  while (voxproc.queued <= 10) voxproc.notify('segment.closed', { sidecar: { index: index++ } });
  const warn = (code: 'disk_slow' | 'user_undecryptable', who: number, message: string) =>
    voxproc.notify('warning', { code, message, userId: person(who) });
  warn('disk_slow', 1, 'old');
  warn('user_undecryptable', 1, 'old');
  warn('user_undecryptable', 2, 'only');
  warn('disk_slow', 1, 'new');
  warn('user_undecryptable', 1, 'new');
  voxproc.notify('segment.closed', { sidecar: { index: index++ } });
  assert.equal(voxproc.dropped.coalesced, 2);
  supervisorStream.resume();
  await settle();
  const segments = Array.from({ length: index }, (_, number) => `segment ${number}`);
  assert.deepEqual(seen, [...segments, 'user_undecryptable 2 only', 'disk_slow 1 new', 'user_undecryptable 1 new']);
  assert.equal(voxproc.queued, 0);
});

test('a reader that comes back gets everything in order', async () => {
  const { voxproc, supervisor, supervisorStream } = channelPair({ highWaterMark: 512 });
  const seen: unknown[] = [];
  supervisor.onNotification('segment.closed', ({ sidecar }) => seen.push(sidecar.index));
  for (let round = 0; round < 4; round += 1) {
    supervisorStream.pause();
    for (let index = 0; index < 500; index += 1) {
      voxproc.notify('segment.closed', { sidecar: { index: round * 500 + index } });
    }
    supervisorStream.resume();
    while (voxproc.queued > 0) await settle();
  }
  await settle();
  assert.deepEqual(seen, [...Array(2_000).keys()]);
});
