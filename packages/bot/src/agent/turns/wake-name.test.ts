import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findCall } from './wake-name.ts';

const names = ['Parley', 'Old Bot'];

const rows: readonly (readonly [text: string, exact: string | null, fuzzy: string | null])[] = [
  ['', null, null],
  ['Parley', 'alone', 'alone'],
  ['hey, Parley!', 'alone', 'alone'],
  ['Parley please', 'alone', 'alone'],
  ['Parley, play some music', 'start', 'start'],
  ['hey Parley play some music', 'start', 'start'],
  ['ok hey Parley play', 'start', 'start'],
  ['well ok hey Parley play', null, null],
  ['play some music, Parley', 'end', 'end'],
  ['play some music Parley, please', 'end', 'end'],
  ['play some music Parley thank you', 'end', 'end'],
  ['I like Parley very much', null, null],
  ['old bot come here', 'start', 'start'],
  ['come here old bot', 'end', 'end'],
  ['the old bot is here', null, null],
  ['parlay what is that', null, 'start'],
  ['par lay what is that', null, 'start'],
  ['what is that parlee', null, 'end'],
  ['party what is that', null, null],
  ['partly I agree with you', null, null],
  ['parsley is a herb', null, 'start'],
  ['barely anything left here', null, null],
  ['all but one came here', null, null],
];

for (const [text, exact, fuzzy] of rows) {
  test(`“${text}” calls ${exact ?? 'nobody'} while it may change, ${fuzzy ?? 'nobody'} when it is final`, () => {
    assert.equal(findCall(text, names, false), exact);
    assert.equal(findCall(text, names, true), fuzzy);
  });
}

test('a name that is itself a word of calling is found', () => {
  assert.equal(findCall('okay tell me', ['okay'], false), 'start');
});

test('a name of four letters has to be right', () => {
  assert.equal(findCall('nova tell me', ['Nora'], true), null);
});
