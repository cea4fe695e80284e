import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonPieces } from './json-pieces.ts';

const values: [string, unknown][] = [
  [
    'an object of everything',
    { a: 1, b: 'x\n"y"', c: null, d: [1, { e: [], f: {} }, [2, [3]]], g: { h: [true], i: 'z' } },
  ],
  ['what JSON leaves out', { a: undefined, b: [undefined, () => 1], c: () => 1, d: { e: undefined } }],
  ['only what JSON leaves out', { a: undefined }],
  ['empty things', { a: [], b: {}, c: '' }],
  ['an empty object', {}],
  ['an array', [1, { a: 2 }]],
  ['a text', 'a'],
  ['nothing', null],
  ['a date', new Date(0)],
];
for (const [name, value] of values) {
  test(`${name} has the text that JSON.stringify gives`, () => {
    assert.equal([...jsonPieces(value)].join(''), JSON.stringify(value, null, 2));
  });
}

test('a long list comes in as many pieces', () => {
  const pieces = [...jsonPieces({ list: Array.from({ length: 1000 }, (_, i) => ({ i, text: 'x'.repeat(100) })) })];
  assert.ok(pieces.length > 1000 && Math.max(...pieces.map(({ length }) => length)) < 200);
});
