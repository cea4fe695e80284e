import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { FakeVoxproc, type FakeVoxprocScript } from '../testing/fake-voxproc.ts';
import { Background } from './background.ts';
import { VoxprocPool } from './voxproc-pool.ts';
import { VoxprocProcess } from './voxproc-process.ts';

const rig = (warm: boolean, scripts: FakeVoxprocScript[] = []) => {
  const clock = new FakeClock();
  const logger = pino({ level: 'silent' });
  const children: FakeVoxproc[] = [];
  const boots: number[] = [];
  const pool = new VoxprocPool({
    launch: () => {
      const child = new FakeVoxproc(scripts[children.length]);
      children.push(child);
      return new VoxprocProcess({ child, clock, logger, logLevel: 'info' });
    },
    warm,
    clock,
    logger,
    background: new Background(logger),
    onBooted: (seconds) => boots.push(seconds),
  });
  return { pool, children, clock, boots };
};

test('a warm child is handed out at once and replaced some seconds later', async () => {
  const { pool, children, clock, boots } = rig(true);
  pool.warmUp();
  await settle();
  const taken = await pool.take();
  assert.equal(taken.pid, children[0]?.pid);
  assert.equal(children.length, 1);
  await clock.run(5000, 1000);
  assert.equal(children.length, 2);
  assert.equal(boots.length, 2);
  const closing = Promise.all([pool[Symbol.asyncDispose](), taken.close('done')]);
  await clock.run(1000, 250);
  await closing;
  assert.equal(pool.alive, 0);
  assert.equal(clock.timers, 0);
});

test('a warm child that died is replaced, ever later', async () => {
  const { pool, children, clock } = rig(true);
  pool.warmUp();
  await settle();
  children[0]?.kill('SIGKILL');
  await clock.run(4000, 1000);
  assert.equal(children.length, 1);
  await clock.run(1000, 1000);
  assert.equal(children.length, 2);
  await pool[Symbol.asyncDispose]();
});

test('a warm child that never boots does not fail the join: a fresh one is started', async () => {
  const { pool, children, clock } = rig(true, [{ hello: false }, {}]);
  pool.warmUp();
  const taking = pool.take();
  await clock.run(11_000, 1000);
  assert.equal((await taking).pid, children[1]?.pid);
  await pool[Symbol.asyncDispose]();
});

test('without warmth a child is started when it is needed', async () => {
  const { pool, children, clock } = rig(false);
  pool.warmUp();
  assert.equal(children.length, 0);
  const child = await pool.take();
  assert.ok(child.isReady);
  await clock.run(60_000, 1000);
  assert.equal(children.length, 1);
  await pool[Symbol.asyncDispose]();
});

test('a pool that ends while its warm child boots starts no other one', async () => {
  const { pool, children, clock } = rig(true, [{ hello: false }, {}]);
  pool.warmUp();
  const taking = pool.take();
  const ending = pool[Symbol.asyncDispose]();
  await assert.rejects(taking, /after its end/);
  await clock.run(12_000, 1000);
  await ending;
  assert.equal(children.length, 1);
  assert.equal(pool.alive, 0);
  assert.equal(clock.timers, 0);
});
