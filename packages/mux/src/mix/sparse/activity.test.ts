import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activeSpans } from './activity.ts';
import type { ChunkPerson } from './chunk.ts';

/** A person with 20 ms packets at these positions (in samples). */
const person = (...positions: number[]): ChunkPerson => ({
  source: 0,
  positions: Int32Array.from(positions),
  samples: new Uint16Array(positions.length).fill(960),
  sizes: new Uint16Array(positions.length),
  bytes: new Uint8Array(0),
});

const cases: [string, ChunkPerson[], [number, number][]][] = [
  ['nobody', [], []],
  ['a packet sounds on in the next frame', [person(9600)], [[10, 12]]],
  ['a packet between two frames', [person(9720)], [[10, 12]]],
  ['a packet whose end and ring fill two frames', [person(10_440)], [[10, 13]]],
  ['what reaches in from before', [person(-600)], [[0, 1]]],
  ['what lies before', [person(-1200)], []],
  ['what goes on beyond the end', [person(28_000)], [[29, 30]]],
  ['two people overlap', [person(9600, 10_560), person(10_080)], [[10, 13]]],
  ['a pause of five frames is bridged', [person(0, 960 * 7)], [[0, 9]]],
  [
    'a longer pause is not',
    [person(0, 960 * 8)],
    [
      [0, 2],
      [8, 10],
    ],
  ],
];
for (const [name, people, spans] of cases) {
  test(`spans: ${name}`, () => {
    assert.deepEqual(
      activeSpans(people, 0, 30).map(({ from, to }) => [from, to]),
      spans,
    );
  });
}
