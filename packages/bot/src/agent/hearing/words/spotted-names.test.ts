import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withNames } from './spotted-names.ts';

const heard = (...words: readonly (readonly [string, number, number])[]) => [
  { from: 0, to: 9, text: '', words: words.map(([text, from, to]) => ({ text, from, to })) },
];

test('a name stands in the place of the word it was taken for', () => {
  const said = heard(['hello', 0.1, 0.5], ['charlie', 0.6, 1.2], ['what', 1.3, 1.5]);
  assert.equal(withNames(said, [{ name: 'parley', from: 0.61, to: 1.29 }]), 'hello parley what');
});

test('a name that covers little of a word stands beside it', () => {
  const said = heard(['goodbye', 0.1, 1], ['then', 1.1, 1.4]);
  assert.equal(withNames(said, [{ name: 'parley', from: 0.8, to: 1.05 }]), 'goodbye parley then');
});

test('without names it is what was said, and without words the names alone', () => {
  assert.equal(withNames(heard(['hello', 0, 1]), []), 'hello');
  assert.equal(withNames([], [{ name: 'parley', from: 0, to: 1 }]), 'parley');
});
