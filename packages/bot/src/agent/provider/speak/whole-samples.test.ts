import assert from 'node:assert/strict';
import { test } from 'node:test';
import { wholeSamples } from './whole-samples.ts';

test('pieces cut anywhere come out as whole samples, in order; half a sample at the end is left out', async () => {
  const source = async function* () {
    for (const piece of [[1], [2, 3, 4], [], [5], [6], [7]]) yield Uint8Array.from(piece);
  };
  const heard: number[][] = [];
  for await (const piece of wholeSamples(source())) heard.push([...piece]);
  assert.ok(heard.every((piece) => piece.length > 0 && piece.length % 2 === 0));
  assert.deepEqual(heard.flat(), [1, 2, 3, 4, 5, 6]);
});
