import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CaptureLane, maxCaptureFrames, maxWaitingMs } from './capture-lane.ts';

const drained = (lane: CaptureLane): string[] => {
  const frames: string[] = [];
  for (let frame = lane.next(); frame !== undefined; frame = lane.next()) frames.push(frame.toString());
  return frames;
};

const fill = (lane: CaptureLane, ...frames: [text: string, userId: string, ms: number | null][]) =>
  frames.map(([text, userId, ms]) => lane.add(Buffer.from(text), userId, ms));

test('frames leave in the order in which they came, whoever they are of', () => {
  const lane = new CaptureLane();
  fill(lane, ['a', 'ada', 20], ['b', 'ben', 20], ['c', 'ada', 20], ['d', 'cid', 20], ['e', 'ben', 20]);
  assert.deepEqual([lane.size, lane.bytes], [5, 5]);
  assert.deepEqual(drained(lane), ['a', 'b', 'c', 'd', 'e']);
  assert.deepEqual([lane.size, lane.bytes, lane.droppedMs], [0, 0, 0]);
});

test('of each person 500 ms wait; the oldest gives way, and how much is told once', () => {
  const lane = new CaptureLane();
  for (let index = 0; index < 40; index += 1) fill(lane, [`a${index}`, 'ada', 20]);
  fill(lane, ['b0', 'ben', 20]);
  assert.equal(lane.size, maxWaitingMs / 20 + 1);
  assert.deepEqual(lane.nextDropped(), { userId: 'ada', droppedMs: 300 });
  assert.equal(lane.nextDropped(), undefined);
  fill(lane, ['a40', 'ada', 20]);
  assert.deepEqual(lane.nextDropped(), { userId: 'ada', droppedMs: 20 });
  assert.equal(lane.droppedMs, 320);
  assert.deepEqual(drained(lane), [...Array.from({ length: 24 }, (_, index) => `a${index + 16}`), 'b0', 'a40']);
});

test('what was dropped is told even when nothing of the person waits any more', () => {
  const lane = new CaptureLane();
  fill(lane, ['old', 'ada', 400], ['new', 'ada', 400]);
  assert.deepEqual(drained(lane), ['new']);
  assert.deepEqual(lane.nextDropped(), { userId: 'ada', droppedMs: 400 });
});

test('the newest frame stays however long it is', () => {
  const lane = new CaptureLane();
  fill(lane, ['a', 'ada', 20], ['long', 'ada', 900]);
  assert.deepEqual(drained(lane), ['long']);
});

test('what is no audio keeps its place and is never dropped', () => {
  const lane = new CaptureLane();
  fill(lane, ['a', 'ada', 300], ['end', 'ada', null], ['b', 'ada', 300], ['end of b', 'ada', null]);
  assert.deepEqual(drained(lane), ['end', 'b', 'end of b']);
});

test('the bytes of everybody are bounded', () => {
  const lane = new CaptureLane(10);
  fill(lane, ['12345', 'ada', 20], ['12345', 'ada', 20], ['12345', 'ada', 20]);
  assert.equal(lane.bytes, 10);
  assert.deepEqual(lane.nextDropped(), { userId: 'ada', droppedMs: 20 });
});

test('a reader for whom too many frames wait is given up', () => {
  const lane = new CaptureLane();
  for (let index = 0; index < maxCaptureFrames; index += 1) assert.ok(lane.add(Buffer.alloc(1), 'ada', null));
  assert.equal(lane.add(Buffer.alloc(1), 'ada', null), false);
});

test('the audio of a person nobody may hear any more goes away untold, what ends it does not', () => {
  const lane = new CaptureLane();
  fill(lane, ['a', 'ada', 400], ['b', 'ada', 400], ['x', 'ben', 20], ['end', 'ada', null]);
  assert.equal(lane.discard('ada'), 400);
  assert.equal(lane.nextDropped(), undefined);
  assert.equal(lane.discard('cid'), 0);
  assert.deepEqual(drained(lane), ['x', 'end']);
});

test('that everything of a person was taken is known at once, or when it is', async () => {
  const lane = new CaptureLane();
  await lane.taken('ada');
  fill(lane, ['a', 'ada', 20], ['b', 'ada', 20]);
  let isTaken = false;
  const taken = lane.taken('ada').then(() => {
    isTaken = true;
  });
  lane.next();
  await null;
  assert.equal(isTaken, false);
  lane.next();
  await taken;
  fill(lane, ['c', 'ada', 20]);
  const cleared = lane.taken('ada');
  lane.clear();
  await cleared;
});

test('whatever comes and goes, nothing is lost uncounted and the bounds hold', () => {
  let seed = 1;
  const random = () => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
    return seed / 0x1_0000_0000;
  };
  const lane = new CaptureLane(4_000);
  let sentMs = 0;
  let heardMs = 0;
  let told = 0;
  const heardOf = new Map<string, number>();
  for (let step = 0; step < 20_000; step += 1) {
    if (random() < 0.6) {
      const userId = `user ${Math.floor(random() * 5)}`;
      const ms = 20 * (1 + Math.floor(random() * 3));
      lane.add(Buffer.from(`${userId}|${step}|${ms}`.padEnd(60 + Math.floor(random() * 100))), userId, ms);
      sentMs += ms;
    } else {
      told += lane.nextDropped()?.droppedMs ?? 0;
      const [userId = '', number, ms] = lane.next()?.toString().split('|') ?? [];
      if (number !== undefined) assert.ok(Number(number) > (heardOf.get(userId) ?? -1), 'in order');
      heardOf.set(userId, Number(number ?? heardOf.get(userId)));
      heardMs += Number(ms ?? 0);
    }
    assert.ok(lane.bytes <= 4_000 + 160);
  }
  for (const frame of drained(lane)) heardMs += Number(frame.split('|')[2]);
  for (let dropped = lane.nextDropped(); dropped !== undefined; dropped = lane.nextDropped()) told += dropped.droppedMs;
  assert.equal(heardMs + lane.droppedMs, sentMs);
  assert.equal(told, lane.droppedMs);
  assert.deepEqual([lane.size, lane.bytes], [0, 0]);
});
