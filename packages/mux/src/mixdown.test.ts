import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mixGraph, mixTimeoutMs } from './mixdown.ts';

test('the graph of 64 people is short, and knows nothing of segments', () => {
  const names = Array.from({ length: 64 }, (_, i) => `${1_000_000_000_000_000_000n + BigInt(i)}.ogg`);
  const graph = mixGraph(names, 6 * 3600 * 48_000, -4);
  assert.ok(graph.length < 5000, `${graph.length} characters`);
  assert.equal(graph.split('amovie=').length - 1, 64);
});

test('a single person needs no sum', () => {
  assert.doesNotMatch(mixGraph(['1.ogg'], 48_000, -4), /amix/);
});

test('a name that could mean something to ffmpeg is refused', () => {
  for (const name of ['a;b.ogg', '../1.ogg', 'a b.ogg', "a'.ogg", '1.mp3']) {
    assert.throws(() => mixGraph([name], 48_000, -4), RangeError, name);
  }
});

test('the mix may take a minute, or a tenth of a long recording', () => {
  assert.equal(mixTimeoutMs(48_000), 60_000);
  assert.equal(mixTimeoutMs(3600 * 48_000), 360_000);
});
