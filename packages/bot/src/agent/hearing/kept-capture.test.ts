import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeptCapture } from './kept-capture.ts';

const capture = (maxMs = 1000) => new KeptCapture({ captureId: 'c', userId: 'ada', rate: 16_000, maxMs });
const piece = (value: number, ms = 20) => Buffer.alloc(16 * ms * 2, value);

test('a piece is copied: what becomes of the view it came as changes nothing', () => {
  const kept = capture();
  const view = piece(1);
  kept.add(view);
  view.fill(9);
  assert.deepEqual([...new Set(kept.whole())], [1]);
});

test('a reader gets what was kept, what comes, and the end; a second one too', () => {
  const kept = capture();
  kept.add(piece(1));
  const heard: string[] = [];
  const reader = (name: string) => ({
    audio: (pcm: Uint8Array) => heard.push(`${name} ${pcm[0]}`),
    ended: () => heard.push(`${name} end`),
  });
  const first = kept.read(reader('a'));
  kept.add(piece(2));
  first[Symbol.dispose]();
  kept.add(piece(3));
  kept.end();
  kept.add(piece(4));
  kept.read(reader('b'));
  assert.deepEqual(heard, ['a 1', 'a 2', 'b 1', 'b 2', 'b 3', 'b end']);
});

test('what is forgotten goes nowhere, whoever reads', () => {
  const kept = capture();
  kept.add(piece(1));
  const heard: number[] = [];
  kept.read({ audio: (pcm) => heard.push(pcm.length), ended: () => heard.push(-1) });
  kept.forget();
  kept.add(piece(2));
  kept.end();
  kept.read({ audio: () => heard.push(7), ended: () => heard.push(8) });
  assert.deepEqual(heard, [640]);
  assert.equal(kept.whole().length, 0);
});

test('it is bounded: beyond its longest time and two seconds more, what comes is dropped and counted', () => {
  const kept = capture(1000);
  for (let n = 0; n < 200; n += 1) kept.add(piece(1));
  assert.equal(kept.ms, 3000);
  assert.equal(kept.droppedMs, 1000);
});
