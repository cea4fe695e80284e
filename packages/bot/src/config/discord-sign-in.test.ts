import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkDiscordSignIn } from './discord-sign-in.ts';
import { loadSettings } from './load-settings.ts';
import { maskedSettings } from './masked-settings.ts';
import { parseSettings } from './settings-schema.ts';

const clientId = '700000000000000001';
const clientSecret = 'a-client-secret';
const publicUrl = 'https://parley.example';

const table = [
  ['nothing', {}, 0],
  ['the id alone', { discord: { clientId } }, 0],
  ['all three', { discord: { clientId, clientSecret }, publicUrl }, 0],
  ['no public URL', { discord: { clientId, clientSecret } }, 1],
  ['no id', { discord: { clientSecret }, publicUrl }, 1],
] as const;
for (const [what, settings, problems] of table)
  test(`signing in by Discord set up with ${what}: ${problems} problems`, () => {
    const found = checkDiscordSignIn(parseSettings(settings), {});
    assert.equal(found.length, problems);
    for (const { allowed, value } of found) {
      assert.match(allowed ?? '', /DISCORD_CLIENT_ID and PARLEY_PUBLIC_URL/);
      assert.equal(value, '********');
    }
  });

test('the client secret is read by its own name, refused half set up, and never printed', () => {
  const env = { DISCORD_CLIENT_ID: clientId, DISCORD_CLIENT_SECRET: clientSecret, PARLEY_PUBLIC_URL: publicUrl };
  const loaded = loadSettings({ env, cwd: '/nonexistent' });
  assert.deepEqual([loaded.settings.discord.clientId, loaded.settings.discord.clientSecret], [clientId, clientSecret]);
  assert.doesNotMatch(JSON.stringify(maskedSettings(loaded)), /a-client-secret/);
  assert.throws(() => loadSettings({ env: { DISCORD_CLIENT_SECRET: clientSecret }, cwd: '/nonexistent' }));
});
