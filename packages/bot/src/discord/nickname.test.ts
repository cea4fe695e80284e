import assert from 'node:assert/strict';
import { test } from 'node:test';
import { recordingNickname, withoutPrefix } from './nickname.ts';

for (const [name, shown] of [
  ['Parley', '[REC] Parley'],
  ['[REC] Parley', '[REC] Parley'],
  ['[REC] [REC] Parley', '[REC] Parley'],
  ['A name of exactly twenty-six ch', '[REC] A name of exactly twenty-s'],
  ['12345678901234567890123456', '[REC] 12345678901234567890123456'],
  ['1234567890123456789012345🎲', '[REC] 1234567890123456789012345'],
  ['123456789012345678901234🎲', '[REC] 123456789012345678901234🎲'],
  ['1234567890123456789012345 x', '[REC] 1234567890123456789012345'],
] as const) {
  test(`"${name}" is shown as "${shown}" while it records`, () => {
    assert.equal(recordingNickname(name), shown);
    assert.ok(shown.length <= 32);
  });
}

for (const [name, bare] of [
  ['[REC] Parley', 'Parley'],
  ['[REC]', ''],
  ['[REC] ', ''],
  ['Parley', 'Parley'],
  ['Parley [REC] ', 'Parley [REC] '],
] as const) {
  test(`without its mark "${name}" is "${bare}"`, () => assert.equal(withoutPrefix(name), bare));
}
