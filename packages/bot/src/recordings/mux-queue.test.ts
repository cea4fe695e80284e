import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { Background } from '../vox/background.ts';
import type { MuxJob } from './mux-job.ts';
import { MuxQueue, muxBusyMs, muxRetryMs } from './mux-queue.ts';
import type { MuxEnd, RunMux } from './run-mux.ts';

const job = (recordingSessionId: string): MuxJob => ({
  recordingSessionId,
  folder: `/recordings/${recordingSessionId}`,
  guildId: 'g',
  textChannelId: null,
  requestedByUserId: null,
});

const rig = (ends: Record<string, MuxEnd[]> = {}) => {
  const clock = new FakeClock();
  const logger = pino({ level: 'silent' });
  const log: string[] = [];
  const open: (() => void)[] = [];
  const sizes: number[] = [];
  let running = 0;
  const run: RunMux = async (folder, onProgress, signal) => {
    running += 1;
    assert.equal(running, 1, 'one at a time');
    const name = folder.split('/').at(-1) ?? '';
    log.push(`run ${name}`);
    onProgress({ phase: 'mixing', fraction: 0.5 });
    const end = await new Promise<MuxEnd>((resolve) => {
      open.push(() => resolve(ends[name]?.shift() ?? { kind: 'done', status: 'completed' }));
      signal.addEventListener('abort', () => resolve({ kind: 'interrupted' }));
    });
    running -= 1;
    return end;
  };
  const queue = new MuxQueue({
    run,
    clock,
    logger,
    background: new Background(logger),
    onSize: (size) => sizes.push(size),
    listener: {
      progress: () => undefined,
      finished: async ({ recordingSessionId }, { status }) => void log.push(`${status} ${recordingSessionId}`),
      gaveUp: async ({ recordingSessionId }) => void log.push(`gave up ${recordingSessionId}`),
    },
  });
  const next = async () => {
    await settle();
    open.shift()?.();
    await settle();
  };
  return { queue, log, next, clock, sizes };
};

test('recordings are mixed one at a time, in order, each once', async () => {
  const { queue, log, next, sizes } = rig();
  queue.enqueue(job('a'));
  queue.enqueue(job('b'));
  queue.enqueue(job('a'));
  assert.equal(queue.size, 2);
  await next();
  await next();
  assert.deepEqual(log, ['run a', 'completed a', 'run b', 'completed b']);
  assert.equal(sizes.at(-1), 0);
});

test('a mixer that breaks is tried again later, others go first; after the last try it is given up', async () => {
  const broken: MuxEnd = { kind: 'broken', error: 'signal SIGKILL' };
  const { queue, log, next, clock } = rig({ a: [broken, broken, broken] });
  queue.enqueue(job('a'));
  queue.enqueue(job('b'));
  await next();
  await next();
  assert.deepEqual(log, ['run a', 'run b', 'completed b']);
  assert.deepEqual([queue.has('a'), queue.has('b')], [true, false]);
  clock.advance(muxRetryMs[0]);
  await next();
  clock.advance(muxRetryMs[1]);
  await next();
  assert.deepEqual(log.slice(3), ['run a', 'run a', 'gave up a']);
  assert.deepEqual([queue.size, queue.has('a')], [0, false]);
  assert.equal(clock.timers, 0);
});

test('a mix that failed for good is not tried again', async () => {
  const { queue, log, next } = rig({ a: [{ kind: 'done', status: 'failed' }] });
  queue.enqueue(job('a'));
  await next();
  assert.deepEqual(log, ['run a', 'failed a']);
  assert.equal(queue.size, 0);
});

test('a folder another mixer works on is looked at again until it is free', async () => {
  const { queue, log, next, clock } = rig({ a: Array.from({ length: 5 }, () => ({ kind: 'busy' }) as const) });
  queue.enqueue(job('a'));
  for (let look = 0; look < 6; look += 1) {
    await next();
    clock.advance(muxBusyMs);
  }
  assert.equal(log.at(-1), 'completed a');
});

test('ending interrupts the run of now, forgets the rest and leaves no timer', async () => {
  const { queue, log, clock } = rig();
  queue.enqueue(job('a'));
  queue.enqueue(job('b'));
  await settle();
  await queue[Symbol.asyncDispose]();
  queue.enqueue(job('c'));
  await settle();
  assert.deepEqual(log, ['run a']);
  assert.equal(clock.timers, 0);
});

test('a recording that is held is interrupted, waits, and begins anew; the others go on', async () => {
  const { queue, log, next, clock } = rig({ b: [{ kind: 'broken', error: 'ffmpeg' }] });
  for (const name of ['a', 'b']) queue.enqueue(job(name));
  await settle();
  const first = await queue.hold('a');
  const second = await queue.hold('a');
  assert.deepEqual(log, ['run a', 'run b']);
  await next(); // the answer of the interrupted run
  await next();
  clock.advance(muxRetryMs[0]);
  await settle();
  assert.deepEqual(log, ['run a', 'run b', 'run b']);
  first[Symbol.dispose]();
  await next();
  assert.deepEqual(log.at(-1), 'completed b');
  second[Symbol.dispose]();
  await next();
  assert.deepEqual(log.slice(-2), ['run a', 'completed a']);
  assert.equal(queue.size, 0);
  await queue[Symbol.asyncDispose]();
});

test('a hold waits until nothing is done with the recording any more', async () => {
  const { queue } = rig();
  const free = await queue.hold('a');
  queue.enqueue(job('a'));
  await settle();
  assert.equal(queue.size, 1);
  free[Symbol.dispose]();
  await settle();
  let held = false;
  void queue.hold('a').then(() => {
    held = true;
  });
  assert.equal(held, false);
  await settle();
  assert.equal(held, true);
  await queue[Symbol.asyncDispose]();
});
