import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readGuildValue } from '../config/guild-values.ts';
import { effectiveMode, type MemoryMode } from './mode.ts';

type Row = readonly [deployment: unknown, guild: unknown, request: unknown, mode: MemoryMode];

const rows: readonly Row[] = [
  [undefined, undefined, undefined, 'persistent'],
  ['persistent', undefined, undefined, 'persistent'],
  ['persistent', 'persistent', 'persistent', 'persistent'],
  [undefined, 'incognito', undefined, 'incognito'],
  [undefined, undefined, 'incognito', 'incognito'],
  ['incognito', 'persistent', 'persistent', 'incognito'],
  ['incognito', undefined, undefined, 'incognito'],
  ['persistent', 'incognito', 'persistent', 'incognito'],
  ['persistent', 'persistent', 'incognito', 'incognito'],
  ['Persistent', undefined, undefined, 'incognito'],
  ['', undefined, undefined, 'incognito'],
  [null, undefined, undefined, 'incognito'],
  [undefined, true, undefined, 'incognito'],
  [undefined, null, 'persistent', 'incognito'],
  [undefined, undefined, 0, 'incognito'],
  [undefined, undefined, {}, 'incognito'],
];

for (const [deployment, guild, request, mode] of rows) {
  const words = [deployment, guild, request].map((value) => JSON.stringify(value) ?? 'unset').join(', ');
  test(`the memory is ${mode} where the installation, the server and the request say ${words}`, () => {
    assert.equal(effectiveMode({ deployment, guild, request }), mode);
  });
}

test('a stored value of a server that cannot be read is incognito, other settings are passed over', () => {
  assert.deepEqual(readGuildValue('memoryMode', '"persistent"'), { value: 'persistent' });
  assert.deepEqual(readGuildValue('memoryMode', '"forever"'), { value: 'incognito' });
  assert.deepEqual(readGuildValue('memoryMode', '{broken'), { value: 'incognito' });
  assert.equal(readGuildValue('retentionDays', '{broken'), null);
});
