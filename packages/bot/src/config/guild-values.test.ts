import assert from 'node:assert/strict';
import { test } from 'node:test';
import { guildFields } from './fields.ts';
import { guildSettingsSchema } from './guild-settings.ts';
import { guildPatchFromText, guildPatchProblems, readGuildValue } from './guild-values.ts';
import { SettingsError, type SettingsProblem } from './settings-error.ts';

const channel = '300000000000000001';
const role = '500000000000000001';

const typed: readonly (readonly [string, string, Record<string, unknown>])[] = [
  ['retentionDays', '0', { retentionDays: 0 }],
  ['retentiondays', ' 7 ', { retentionDays: 7 }],
  ['maxRecordingHours', '1.5', { maxRecordingHours: 1.5 }],
  ['verbosity', 'none', { verbosity: 'none' }],
  ['verbosity', 'default', { verbosity: null }],
  ['textChannelId', `<#${channel}>`, { textChannelId: channel }],
  ['blockedChannelIds', `${channel}, <#${role}>`, { blockedChannelIds: [channel, role] }],
  ['recordRoleIds', `<@&${role}>`, { recordRoleIds: [role] }],
  ['recordRoleIds', '', { recordRoleIds: [] }],
];
for (const [key, text, patch] of typed)
  test(`"${key} ${text}" sets ${JSON.stringify(patch)}`, () => {
    assert.deepEqual(guildPatchFromText(key, text), patch);
  });

const wrong: readonly (readonly [string, string, Partial<SettingsProblem>])[] = [
  ['retentionDays', '-1', { code: 'invalid_value', allowed: 'a whole number from 0 to 3650', value: '-1' }],
  ['retentionDays', 'a week', { code: 'invalid_value', value: 'a week' }],
  ['verbosity', 'loud', { code: 'invalid_value', allowed: 'all | essential | minimal | none' }],
  ['textChannelId', 'general', { code: 'invalid_value', allowed: 'a Discord id of 17 to 20 digits' }],
  ['retentionDay', '1', { code: 'unknown_key', nearest: 'retentionDays' }],
  ['qqqqqqqqqqq', '1', { code: 'unknown_key', nearest: null }],
  ['__proto__', '1', { code: 'unknown_key' }],
];
for (const [key, text, expected] of wrong)
  test(`"${key} ${text}" is refused as ${expected.code}`, () => {
    assert.throws(
      () => guildPatchFromText(key, text),
      (error: unknown) => {
        assert.ok(error instanceof SettingsError);
        assert.partialDeepStrictEqual(error.problems[0], expected);
        return true;
      },
    );
  });

test('every setting of a guild has a field, and its default passes', () => {
  assert.deepEqual(
    guildFields.map(({ path }) => path),
    Object.keys(guildSettingsSchema.shape),
  );
  for (const { path, default: value } of guildFields) assert.deepEqual(guildPatchProblems({ [path]: value }), [], path);
});

test('a stored value that no longer fits reads as none', () => {
  assert.deepEqual(readGuildValue('retentionDays', '7'), { value: 7 });
  for (const [key, stored] of [
    ['retentionDays', '-7'],
    ['retentionDays', '{'],
    ['toString', '1'],
  ] as const)
    assert.equal(readGuildValue(key, stored), null);
});
