import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Changes } from './changes.ts';
import { Ids } from './ids.ts';
import { nowUs } from './mono-clock.ts';
import { Prng } from './prng.ts';
import { Scheduler } from './scheduler.ts';
import { Turns } from './turns.ts';

test('the generator repeats itself for a seed, and forks depend on their names alone', () => {
  const draw = (random: Prng): number[] => Array.from({ length: 5 }, () => random.next());
  assert.deepEqual(draw(new Prng(7)), draw(new Prng(7)));
  assert.notDeepEqual(draw(new Prng(7)), draw(new Prng(8)));
  const used = new Prng(7);
  used.next();
  assert.deepEqual(draw(used.fork('loss')), draw(new Prng(7).fork('loss')));
  assert.notDeepEqual(draw(new Prng(7).fork('loss')), draw(new Prng(7).fork('jitter')));
  const many = Array.from({ length: 2_000 }, (_, index) => Number(new Prng(index).fork('x').chance(10)));
  const hits = many.reduce((sum, hit) => sum + hit, 0);
  assert.ok(hits > 140 && hits < 260, `${hits} hits of 200 expected`);
});

test('ids are snowflakes, unique, the same for a seed, and those of events rise even in one millisecond', () => {
  const entities = (seed: number): string[] => {
    const ids = new Ids(seed);
    return Array.from({ length: 200 }, () => ids.entity());
  };
  assert.deepEqual(entities(1), entities(1));
  assert.equal(new Set([...entities(1), ...entities(2)]).size, 400);
  for (const id of entities(3)) assert.match(id, /^\d{17,20}$/);
  const ids = new Ids(1, () => 1_700_000_000_000);
  const events = Array.from({ length: 100 }, () => BigInt(ids.event()));
  assert.ok(events.every((id, index) => index === 0 || id > (events[index - 1] ?? 0n)));
  assert.equal(Number((events[0] ?? 0n) >> 22n) + 1_420_070_400_000, 1_700_000_000_000);
});

test('waiting ends with the first value, with words when the time is over, and with the end', async () => {
  const changes = new Changes();
  let value = 0;
  const waiting = changes.until(() => value || null);
  value = 3;
  changes.notify();
  assert.equal(await waiting, 3);
  await assert.rejects(
    changes.until(() => false, { timeoutMs: 1, what: 'the moon' }),
    {
      code: 'timeout',
      message: 'Waited 1 ms in vain for the moon.',
    },
  );
  await assert.rejects(
    changes.until(() => {
      throw new Error('broken');
    }),
    { message: 'broken' },
  );
  const last = changes.until(() => false);
  changes.close();
  await assert.rejects(last, { code: 'closed' });
  await assert.rejects(
    changes.until(() => true),
    { code: 'closed' },
  );
});

test('a waiter notices without being told what happened elsewhere', async () => {
  const changes = new Changes();
  let value = false;
  setTimeout(() => {
    value = true;
  }, 1);
  assert.equal(await changes.until(() => value), true);
});

test('the scheduler runs by due time, then by order, and leaves out what is cancelled', async () => {
  const scheduler = new Scheduler();
  const ran: string[] = [];
  const base = nowUs();
  const done = new Promise<void>((resolve) => {
    scheduler.at(base + 20_000, () => ran.push('late'));
    scheduler.at(base - 5, () => ran.push('past'));
    scheduler.at(base + 4_000, () => ran.push('first'));
    scheduler.at(base + 4_000, () => ran.push('second'));
    const cancel = scheduler.at(base + 5_000, () => ran.push('cancelled'));
    cancel();
    for (let i = 40; i > 20; i -= 1) scheduler.at(base + i * 1_000, () => ran.push(`${i}`));
    scheduler.after(45, resolve);
  });
  await done;
  const numbers = Array.from({ length: 20 }, (_, index) => `${index + 21}`);
  assert.deepEqual(ran, ['past', 'first', 'second', 'late', ...numbers]);
  scheduler.close();
});

test('what is overdue after a stand-still lets others of the process come in between, and nothing is lost or disordered', async () => {
  const scheduler = new Scheduler();
  const ran: number[] = [];
  const turns: number[] = [];
  const look = (): void => {
    turns.push(ran.length);
    if (ran.length < 200) setImmediate(look);
  };
  await new Promise<void>((resolve) => {
    const base = nowUs() - 1_000_000;
    for (let i = 0; i < 200; i += 1) scheduler.at(base + i, () => ran.push(i));
    scheduler.at(base + 200, resolve);
    look();
  });
  assert.deepEqual(
    ran,
    Array.from({ length: 200 }, (_, i) => i),
  );
  const most = Math.max(...turns.slice(1).map((count, i) => count - (turns[i] ?? 0)));
  assert.ok(most < 60, `${most} in one turn`);
  scheduler.close();
});

test('turns run in order, let timers between, and survive a job that throws', async () => {
  const turns = new Turns();
  const ran: number[] = [];
  await new Promise<void>((resolve) => {
    turns.add(() => ran.push(1));
    turns.add(() => ran.push(2));
    turns.add(resolve);
  });
  assert.deepEqual(ran, [1, 2]);
  turns.add(() => ran.push(3));
  turns.close();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(ran, [1, 2]);
});
