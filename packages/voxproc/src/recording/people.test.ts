import assert from 'node:assert/strict';
import { test } from 'node:test';
import { person } from '../testing/simulate.ts';
import { People } from './people.ts';

const A = '100000000000000001';

test('who is recorded follows from the roster and the exclusions', () => {
  const people = new People();
  assert.equal(people.standing(A), 'unknown');
  people.set(person(A, { bot: null }));
  assert.equal(people.standing(A), 'unknown');
  people.set(person(A));
  assert.equal(people.standing(A), 'recorded');
  people.exclude(A);
  assert.equal(people.standing(A), 'opted_out');
  people.set(person(A));
  assert.equal(people.standing(A), 'opted_out', 'a change of the roster includes nobody');
  people.include(A);
  assert.equal(people.standing(A), 'recorded');
  people.set(person(A, { optedOut: true }));
  assert.equal(people.standing(A), 'opted_out');
  people.include(A);
  people.set(person(A, { bot: true }));
  assert.equal(people.standing(A), 'bot');
});

test('names are the roster’s, and empty for who is not in it', () => {
  const people = new People();
  assert.deepEqual(people.names(A), { username: '', displayName: '', bot: null });
  people.set(person(A, { username: 'ann', displayName: 'Ann', present: false }));
  assert.deepEqual(people.names(A), { username: 'ann', displayName: 'Ann', bot: false });
  assert.equal(people.isPresent(A), false);
});
