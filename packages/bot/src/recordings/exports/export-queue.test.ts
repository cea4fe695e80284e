import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ExportQueue, exportQueueLimits } from './export-queue.ts';

/** A job that runs until it is let go, and notes what it does. */
const jobs = () => {
  const events: string[] = [];
  const open = new Map<string, () => void>();
  return {
    events,
    job: (name: string) => async (signal: AbortSignal) => {
      if (signal.aborted) return void events.push(`${name} never began`);
      events.push(`${name} began`);
      const { promise, resolve } = Promise.withResolvers<void>();
      open.set(name, resolve);
      signal.addEventListener('abort', () => resolve());
      await promise;
      events.push(`${name} ended`);
    },
    end: async (name: string) => {
      open.get(name)?.();
      await setImmediate();
    },
  };
};

test('a guild has one at a time, the machine two, in order of arrival', async () => {
  const { events, job, end } = jobs();
  await using queue = new ExportQueue();
  const ahead = [
    queue.enqueue('g', job('g1')),
    queue.enqueue('g', job('g2')),
    queue.enqueue('h', job('h1')),
    queue.enqueue('i', job('i1')),
  ];
  assert.deepEqual(
    ahead.map((one) => (one.accepted ? one.ahead : 'refused')),
    [0, 1, 0, 0],
  );
  assert.deepEqual(events.splice(0), ['g1 began', 'h1 began']);
  await end('h1');
  assert.deepEqual(events.splice(0), ['h1 ended', 'i1 began'], 'g2 waits for g1, i1 does not');
  await end('g1');
  assert.deepEqual(events.splice(0), ['g1 ended', 'g2 began']);
  await end('g2');
  await end('i1');
  assert.equal(queue.size, 0);
});

test('what waits is bounded, in a guild and in all', async () => {
  const { job } = jobs();
  await using queue = new ExportQueue();
  for (let i = 0; i <= exportQueueLimits.guild; i += 1) assert.ok(queue.enqueue('g', job(`g${i}`)).accepted);
  assert.ok(!queue.enqueue('g', job('one too many')).accepted);
  let accepted = 0;
  for (let i = 0; i < 50; i += 1) accepted += queue.enqueue(`h${i}`, job(`h${i}`)).accepted ? 1 : 0;
  assert.equal(queue.size, exportQueueLimits.all + exportQueueLimits.atOnce);
  assert.ok(accepted < 50);
});

test('at the end what runs is interrupted, what waits hears of it, nothing more is taken', async () => {
  const { events, job } = jobs();
  const queue = new ExportQueue();
  queue.enqueue('g', job('g1'));
  queue.enqueue('g', job('g2'));
  await queue[Symbol.asyncDispose]();
  assert.deepEqual(events, ['g1 began', 'g2 never began', 'g1 ended']);
  assert.deepEqual(queue.enqueue('g', job('g3')), { accepted: false });
});
