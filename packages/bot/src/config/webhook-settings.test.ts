import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadSettings } from './load-settings.ts';
import { maskedSettings } from './masked-settings.ts';
import { SettingsError, type SettingsProblem } from './settings-error.ts';

const secret = 'sixteen-letters!';

const problems = (env: Record<string, string>): readonly SettingsProblem[] => {
  try {
    loadSettings({ env, cwd: '/srv' });
  } catch (error) {
    assert.ok(error instanceof SettingsError);
    return error.problems;
  }
  return [];
};

const urls: readonly (readonly [string, readonly string[]])[] = [
  ['https://hooks.example/parley', []],
  ['https://10.0.0.1/parley', []],
  ['http://localhost:9000/parley', []],
  ['http://127.0.0.1:9000', []],
  ['http://[::1]:9000', []],
  ['http://hooks.example/parley', ['webhook.url']],
  ['http://localhost.example/', ['webhook.url']],
  ['http://10.0.0.1/', ['webhook.url']],
  ['https://me:pass-word@hooks.example/', ['webhook.url']],
  ['ftp://localhost/', ['webhook.url']],
  ['hooks.example', ['webhook.url']],
];
for (const [url, wrong] of urls)
  test(`${url} as webhook is ${wrong.length === 0 ? 'taken' : 'refused'}`, () => {
    const found = problems({ PARLEY_WEBHOOK_URL: url, PARLEY_WEBHOOK_SECRET: secret });
    assert.deepEqual(
      found.map(({ path }) => path),
      wrong,
    );
    if (url.startsWith('http')) assert.doesNotMatch(JSON.stringify(found), /pass-word|sixteen/);
  });

test('a webhook needs a secret, and one that is long enough', () => {
  const url = { PARLEY_WEBHOOK_URL: 'https://hooks.example/' };
  assert.match(problems(url)[0]?.allowed ?? '', /needs a secret of 16 characters/);
  const [short] = problems({ ...url, PARLEY_WEBHOOK_SECRET: 'fifteen-letters' });
  assert.deepEqual([short?.path, short?.allowed], ['webhook.secret', 'text of 16 to 512 characters']);
  assert.doesNotMatch(JSON.stringify(short), /fifteen/);
});

test('the secret of the webhook is never printed', () => {
  const env = { PARLEY_WEBHOOK_URL: 'https://hooks.example/', PARLEY_WEBHOOK_SECRET: secret };
  assert.doesNotMatch(JSON.stringify(maskedSettings(loadSettings({ env, cwd: '/srv' }))), /sixteen/);
});
