import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@parley/protocol';
import { FakeClock, settle } from '@parley/protocol/testing';
import { pino } from 'pino';
import { FakeVoxproc, type FakeVoxprocScript } from '../testing/fake-voxproc.ts';
import { childEnvironment, defaultVoxprocEntry, fetchingEnvironment, spawnVoxproc } from './child-handle.ts';
import { VoxprocProcess } from './voxproc-process.ts';

const rig = (script: FakeVoxprocScript = {}) => {
  const clock = new FakeClock();
  const child = new FakeVoxproc(script);
  const lines: Record<string, unknown>[] = [];
  const logger = pino({ level: 'trace' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const process = new VoxprocProcess({ child, clock, logger, logLevel: 'info' });
  return { clock, child, lines, process };
};

test('a child that says hello is ready, is pinged each second and ends in order', async () => {
  const { clock, child, process } = rig();
  await process.boot();
  assert.ok(process.isReady);
  await clock.run(20_000, 1000);
  assert.deepEqual(child.signals, []);
  assert.equal(process.lastHeardUs, clock.monotonicUs());
  const exit = await process.close('enough');
  assert.deepEqual([exit.code, exit.signal, exit.phase], [0, null, 'closing']);
  assert.equal(clock.timers, 0);
});

test('a child that answers no ping for five seconds is killed', async () => {
  const { clock, child, process } = rig({ on: { ping: () => new Promise(() => undefined) } });
  await process.boot();
  await clock.run(5000, 1000);
  assert.deepEqual(child.signals, []);
  await clock.run(1000, 1000);
  assert.deepEqual(child.signals, ['SIGKILL']);
  assert.equal((await process.exited).phase, 'ready');
});

test('a supervisor that was stopped for a minute does not blame a healthy child', async () => {
  const { clock, child, process } = rig();
  await process.boot();
  await clock.run(2000, 1000);
  // One late tick is what a real interval fires after a stall.
  process.lastHeardUs -= 60e6;
  await clock.run(1000, 1000);
  assert.deepEqual(child.signals, []);
});

test('a child that never says hello is killed after ten seconds', async () => {
  const { clock, child, process } = rig({ hello: false });
  const booted = process.boot();
  booted.catch(() => undefined);
  await clock.run(10_000, 1000);
  await assert.rejects(booted, { code: 'deadline_exceeded' });
  assert.deepEqual(child.signals, ['SIGKILL']);
  assert.equal((await process.exited).phase, 'booting');
});

test('a child that ignores every request to go is made to: end of input, SIGTERM, SIGKILL', async () => {
  const { clock, child, process } = rig({ goesWhenAsked: false, on: { shutdown: () => new Promise(() => undefined) } });
  await process.boot();
  const closed = process.close('enough');
  await clock.run(10_000, 250);
  assert.deepEqual(child.signals, ['SIGTERM', 'SIGKILL']);
  assert.equal((await closed).signal, 'SIGKILL');
});

test('what a child says on stderr is logged with its pid and session, and the last 50 lines are kept', async () => {
  const { child, lines, process } = rig();
  await process.boot();
  process.assign({ sessionId: 's1' });
  for (let line = 1; line <= 60; line += 1) child.stderr.write(`plain line ${line}\n`);
  child.stderr.write(`${JSON.stringify({ level: 40, msg: 'from the child' })}\n`);
  await settle();
  child.kill('SIGKILL');
  const { tail } = await process.exited;
  assert.equal(tail.length, 50);
  assert.match(tail.at(-2) ?? '', /plain line 60/);
  const line = lines.find(({ msg }) => msg === 'from the child');
  assert.deepEqual([line?.proc, line?.pid, line?.sessionId], ['voxproc', child.pid, 's1']);
});

test('garbage on the link ends the child', async () => {
  const { clock, child, process } = rig({ goesWhenAsked: false });
  await process.boot();
  child.stdout.write(Buffer.from([0, 0, 0, 0]));
  await clock.run(3000, 500);
  assert.deepEqual(child.signals, ['SIGKILL']);
});

test('a child gets no token and no key of the supervisor, and only a fetching one gets npm’s settings', () => {
  const env = {
    PATH: '/bin',
    DISCORD_TOKEN: 'secret',
    OPENAI_API_KEY: 'secret',
    npm_config_registry: 'https://r',
    TZ: 'UTC',
  };
  assert.deepEqual(childEnvironment(env), { PATH: '/bin', TZ: 'UTC' });
  assert.deepEqual(fetchingEnvironment(env), { PATH: '/bin', TZ: 'UTC', npm_config_registry: 'https://r' });
});

test('the real voxproc boots and goes when asked', async () => {
  const logger = pino({ level: 'silent' });
  const child = spawnVoxproc(defaultVoxprocEntry())();
  await using process = new VoxprocProcess({ child, clock: systemClock, logger, logLevel: 'info' });
  const hello = await process.boot();
  assert.equal(hello.pid, process.pid);
  assert.equal((await process.close('test')).code, 0);
});

test('a supervisor killed with -9 takes its voxproc along', async () => {
  const parent = spawn(process.execPath, [fileURLToPath(new URL('../testing/doomed-parent.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string];
  const pid = Number(line);
  assert.ok(pid > 1);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  for (let turn = 0; turn < 600 && isAlive(pid); turn += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(isAlive(pid), false);
});

/** A zombie is dead: whoever adopted it has not looked yet. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return !existsSync('/proc/self/stat') || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};
