import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Hole } from '../formats/hole.ts';
import { clipHoles } from './holes.ts';

const anyHole: fc.Arbitrary<Hole> = fc
  .record({
    fromSample: fc.integer({ min: 0, max: 1000 }),
    length: fc.integer({ min: -5, max: 300 }),
    reason: fc.constantFrom('paused' as const, 'reconnecting' as const),
    userId: fc.option(fc.constantFrom('1', '2'), { nil: undefined }),
  })
  .map(({ fromSample, length, reason, userId }) => ({
    ...{ fromSample, toSample: Math.max(0, fromSample + length), reason },
    ...(userId !== undefined && { userId }),
  }));

const covers = (holes: readonly Hole[], sample: number, like: Hole): boolean =>
  holes.some(
    (hole) =>
      hole.reason === like.reason && hole.userId === like.userId && hole.fromSample <= sample && sample < hole.toSample,
  );

test('merged and clipped holes cover exactly what they covered before, in order and without touching each other', () => {
  fc.assert(
    fc.property(fc.array(anyHole, { maxLength: 12 }), (holes) => {
      const merged = clipHoles(holes, 900);
      for (const like of holes) {
        for (let sample = 0; sample < 900; sample += 7) {
          assert.equal(covers(merged, sample, like), covers(holes, sample, like));
        }
      }
      for (const [i, hole] of merged.entries()) {
        assert.ok(hole.fromSample < hole.toSample && hole.toSample <= 900);
        assert.ok(i === 0 || (merged[i - 1] as Hole).fromSample <= hole.fromSample);
        const others = merged.filter(
          (other) => other !== hole && other.reason === hole.reason && other.userId === hole.userId,
        );
        assert.ok(others.every((other) => other.fromSample > hole.toSample || other.toSample < hole.fromSample));
      }
    }),
  );
});
