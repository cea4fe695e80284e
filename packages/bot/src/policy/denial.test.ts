import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joinFailed, shortError } from './denial.ts';

const errors: readonly (readonly [unknown, string])[] = [
  [new Error('broken\n  pipe'), 'broken pipe'],
  [new TypeError(''), 'TypeError'],
  ['text', 'text'],
  [undefined, 'undefined'],
  ['', 'unknown error'],
  [new Error('x'.repeat(220)), 'x'.repeat(220)],
  [new Error('x'.repeat(221)), `${'x'.repeat(219)}…`],
];
for (const [error, said] of errors)
  test(`a failure is said as "${said.slice(0, 20)}"`, () => {
    assert.equal(shortError(error), said);
    assert.deepEqual(joinFailed(error, 'boot').details, { error: said, phase: 'boot' });
  });

test('a failure of the disk is said without a path of this machine', () => {
  const noSpace = Object.assign(new Error("ENOSPC: no space left on device, mkdir '/srv/parley'"), { code: 'ENOSPC' });
  assert.equal(joinFailed(noSpace, 'recording').details.error, 'too little disk space is free');
  const readOnly = Object.assign(new Error("EROFS: read-only file system, open '/srv/parley'"), { code: 'EROFS' });
  assert.equal(joinFailed(readOnly, 'recording').details.error, 'the recordings folder cannot be written');
});

test('a long failure is never cut inside a character', () => {
  assert.equal([...shortError('😀'.repeat(300))].length, 220);
  assert.ok(shortError('😀'.repeat(300)).isWellFormed());
});
