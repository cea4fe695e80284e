import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock } from '@parley/protocol/testing';
import fc from 'fast-check';
import { estimateWaits, remainingSeconds, SlotDurations } from './estimate.ts';
import { QueueFullError, type QueueView, type SlotLease, SlotQueue } from './slot-queue.ts';

const waits: readonly (readonly [busy: readonly number[], waiting: readonly number[], expected: readonly number[]])[] =
  [
    [
      [15, 10],
      [20, 20, 20],
      [10, 15, 30],
    ],
    [[0], [20], [0]],
    [[5], [20, 20, 20], [5, 25, 45]],
    [
      [0, 0, 100],
      [50, 50, 10],
      [0, 0, 50],
    ],
    [[30], [], []],
  ];
for (const [busy, waiting, expected] of waits) {
  test(`slots that take ${busy.join(', ')} s more let ${waiting.length} wait ${expected.join(', ') || 'not at all'}`, () => {
    assert.deepEqual(estimateWaits(busy, waiting), expected);
  });
}

test('a session beyond its usual time is thought to take 15 s more', () => {
  assert.deepEqual([remainingSeconds(120, 0), remainingSeconds(120, 119), remainingSeconds(120, 120)], [120, 1, 15]);
});

test('durations count once three are known, the newest with 0.3', () => {
  const durations = new SlotDurations();
  durations.ended('adx', 10);
  durations.ended('adx', 10);
  assert.equal(durations.of('adx'), 120);
  durations.ended('adx', 20);
  assert.equal(durations.of('adx'), 13);
  assert.equal(durations.of('omni'), 90);
});

const rig = (slots: number, capacity = 1000) => {
  const clock = new FakeClock();
  let ids = 0;
  const newTicketId = (): string => {
    ids += 1;
    return `q_${ids}`;
  };
  const queue = new SlotQueue({ clock, slots, capacity, newTicketId });
  const leases = new Map<number, SlotLease>();
  const views = new Map<number, QueueView[]>();
  const ask = (who: number) => {
    views.set(who, []);
    return queue.request('adx', {
      granted: (lease) => void leases.set(who, lease),
      waiting: (view) => void views.get(who)?.push(view),
    });
  };
  return { ask, clock, leases, queue, views };
};

test('a free slot is given at once; who waits is told at once, on a change, and every 3 s', () => {
  const { ask, clock, leases, queue, views } = rig(1);
  ask(1);
  assert.ok(leases.has(1));
  assert.deepEqual(views.get(1), []);
  ask(2);
  ask(3);
  assert.deepEqual(views.get(2)?.[0], { ticketId: 'q_2', position: 1, etaSeconds: 120, queueLength: 1 });
  assert.deepEqual(views.get(3)?.at(-1), { ticketId: 'q_3', position: 2, etaSeconds: 240, queueLength: 2 });
  const told = views.get(2)?.length ?? 0;
  clock.advance(3000);
  assert.equal(views.get(2)?.length, told + 1);
  assert.equal(views.get(2)?.at(-1)?.etaSeconds, 117);
  leases.get(1)?.[Symbol.dispose]();
  leases.get(1)?.[Symbol.dispose]();
  assert.ok(leases.has(2));
  assert.deepEqual(views.get(3)?.at(-1)?.position, 1);
  assert.equal(queue.busy, 1);
  leases.get(2)?.[Symbol.dispose]();
  leases.get(3)?.[Symbol.dispose]();
  assert.equal(clock.timers, 0);
});

test('who goes away while waiting makes room at once, and so does who goes away with a slot', () => {
  const { ask, leases, queue, views } = rig(1);
  const first = ask(1);
  const second = ask(2);
  ask(3);
  second[Symbol.dispose]();
  assert.equal(views.get(3)?.at(-1)?.position, 1);
  assert.equal(queue.length, 1);
  first[Symbol.dispose]();
  assert.ok(leases.has(3) && !leases.has(2));
});

test('beyond its capacity it refuses, with how many wait', () => {
  const { ask } = rig(1, 2);
  for (const who of [1, 2, 3]) ask(who);
  assert.throws(
    () => ask(4),
    (error) => error instanceof QueueFullError && error.message === 'Queue full (2 requests)',
  );
});

test('200 clients on 3 slots: strictly first come first served, never more than 3 at once, none forgotten', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2), { minLength: 400, maxLength: 400 }), (choices) => {
      const { ask, leases, queue } = rig(3);
      const order: number[] = [];
      for (let who = 0; who < 200; who += 1) ask(who);
      for (const choice of choices) {
        const held = [...leases].filter(([who]) => !order.includes(who));
        assert.ok(held.length <= 3 && queue.busy <= 3);
        const [who, lease] = held[choice % Math.max(1, held.length)] ?? [];
        if (who === undefined) break;
        order.push(who);
        lease?.[Symbol.dispose]();
      }
      assert.deepEqual(
        [...leases.keys()],
        Array.from({ length: 200 }, (_, who) => who),
        'granted in the order they came',
      );
      assert.equal(order.length, 200);
      assert.equal(queue.busy + queue.length, 0);
    }),
    { numRuns: 10 },
  );
});
