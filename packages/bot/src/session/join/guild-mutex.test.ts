import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyedMutex } from './guild-mutex.ts';

test('tasks of one key run one at a time in their order; a failed one does not disturb the next', async () => {
  const mutex = new KeyedMutex();
  const done: string[] = [];
  let running = 0;
  const task =
    (name: string, fails = false) =>
    async () => {
      running += 1;
      assert.equal(running, 1);
      await new Promise((resolve) => setImmediate(resolve));
      running -= 1;
      done.push(name);
      if (fails) throw new Error(name);
      return name;
    };
  const results = await Promise.allSettled([
    mutex.run('a', task('one')),
    mutex.run('a', task('two', true)),
    mutex.run('a', task('three')),
  ]);
  assert.deepEqual(done, ['one', 'two', 'three']);
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
  assert.equal(mutex.size, 0);
});

test('keys do not wait for each other', async () => {
  const mutex = new KeyedMutex();
  const held = Promise.withResolvers<void>();
  const first = mutex.run('a', () => held.promise);
  assert.equal(await mutex.run('b', async () => 'b'), 'b');
  held.resolve();
  await first;
});
