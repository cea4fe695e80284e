import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newPlayoutTroubles } from './playout-troubles.ts';

const none = {
  latenessP99Ms: 1,
  lateFrames: 0,
  droppedFrames: 0,
  underruns: 0,
  speechMissing: 0,
  speechDropped: 0,
};

test('troubles of playing are what was added since the stats before; a voxproc that joined again counts from 0', () => {
  assert.deepEqual(newPlayoutTroubles(undefined, undefined), []);
  assert.deepEqual(newPlayoutTroubles(undefined, { ...none, underruns: 2 }), [{ kind: 'underrun', count: 2 }]);
  const before = { ...none, underruns: 2, lateFrames: 5 };
  assert.deepEqual(newPlayoutTroubles(before, before), []);
  assert.deepEqual(newPlayoutTroubles(before, { ...before, lateFrames: 7, speechMissing: 1 }), [
    { kind: 'late_frame', count: 2 },
    { kind: 'speech_missing', count: 1 },
  ]);
  assert.deepEqual(newPlayoutTroubles(before, { ...none, underruns: 1 }), [{ kind: 'underrun', count: 1 }]);
  assert.deepEqual(newPlayoutTroubles(before, undefined), []);
});
