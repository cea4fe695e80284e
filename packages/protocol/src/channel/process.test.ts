import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { FrameDecoder } from '../frame/frame-decoder.ts';
import { Channel } from './channel.ts';

const fixture = fileURLToPath(new URL('./fixtures/chatty-child.ts', import.meta.url));
const start = () => spawn(process.execPath, [fixture], { stdio: ['pipe', 'pipe', 'inherit'] });

test('a child that ends its channel after 5000 frames gets them all out, and its open stdin does not hold it', async () => {
  const child = start();
  const decoder = new FrameDecoder();
  const seen: unknown[] = [];
  child.stdout.on('data', (chunk) => {
    for (const { payload } of decoder.push(chunk)) seen.push((payload as { sidecar: { index: number } }).sidecar.index);
  });
  // A reader that is busy at first: the pipe fills, and what remains waits inside the child.
  child.stdout.pause();
  setImmediate(() => child.stdout.resume());
  const [code, signal] = await once(child, 'close');
  assert.deepEqual([code, signal], [7, null]);
  assert.deepEqual(seen, [...Array(5_000).keys()]);
});

test('a child that is killed ends the link once, whatever was being written to it', async () => {
  const child = start();
  const channel = new Channel({ side: 'supervisor', readable: child.stdout, writable: child.stdin });
  channel.welcome();
  let ends = 0;
  void channel.closed.then(() => {
    ends += 1;
  });
  await once(child, 'spawn');
  const pending = assert.rejects(channel.request('ping', { seq: 1 }), { code: 'link_closed' });
  child.kill('SIGKILL');
  const exited = once(child, 'exit');
  while (channel.isOpen) {
    channel.notify('gateway.available', { available: true });
    await new Promise((resolve) => setImmediate(resolve));
  }
  await exited;
  await pending;
  assert.ok(['ended', 'write_failed', 'read_failed'].includes((await channel.closed).kind));
  channel.notify('gateway.available', { available: true });
  assert.equal(ends, 1);
});
