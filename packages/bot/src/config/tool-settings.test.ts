import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { secretsOf } from './fields.ts';
import { guildPatchFromText } from './guild-values.ts';
import { loadSettings } from './load-settings.ts';
import { maskedSettings } from './masked-settings.ts';
import { SettingsError } from './settings-error.ts';

const server = { name: 'notes', url: 'https://mcp.example.org/mcp', headers: { authorization: 'Bearer hidden-key' } };
const env = (servers: unknown) => ({ PARLEY_AGENT_MCP_SERVERS: JSON.stringify(servers) });
const filled = { right: 'heard', allowPrivate: false, timeoutMs: 15_000 };

test('MCP servers come as JSON from the environment, or as they are from the config file', async () => {
  const cwd = await mkdtemp(join(tmpdir(), 'parley-tools-'));
  try {
    assert.deepEqual(loadSettings({ env: env([server]), cwd }).settings.agent.mcpServers, [{ ...server, ...filled }]);
    await writeFile(join(cwd, 'parley.config.json'), JSON.stringify({ agent: { mcpServers: [server] } }));
    assert.deepEqual(loadSettings({ env: {}, cwd }).settings.agent.mcpServers, [{ ...server, ...filled }]);
  } finally {
    await rm(cwd, { recursive: true });
  }
});

for (const [what, servers] of [
  ['what is no JSON', '[{'],
  ['an unknown key', [{ ...server, key: 1 }]],
  ['another scheme', [{ ...server, url: 'file:///etc/passwd' }]],
  ['two of a name', [server, { ...server, name: 'Notes' }]],
  ['a time without end', [{ ...server, timeoutMs: 1e9 }]],
] as const)
  test(`MCP servers with ${what} stop the start, and no header is shown`, () => {
    const given = typeof servers === 'string' ? { PARLEY_AGENT_MCP_SERVERS: servers } : env(servers);
    assert.throws(
      () => loadSettings({ env: given, cwd: '/nonexistent' }),
      (error) =>
        error instanceof SettingsError &&
        error.problems[0]?.path === 'agent.mcpServers' &&
        !JSON.stringify(error.problems).includes('hidden-key'),
    );
  });

test('the headers of MCP servers are masked where settings are shown, and kept out of what is written', () => {
  const loaded = loadSettings({ env: env([server]), cwd: '/nonexistent' });
  const shown = maskedSettings(loaded).find(({ path }) => path === 'agent.mcpServers');
  assert.equal(shown?.value, '********');
  assert.deepEqual(
    secretsOf(loaded.settings).filter((secret) => secret.includes('hidden-key')),
    ['Bearer hidden-key', 'hidden-key'],
  );
});

test('a folder of music is seen from where Parley was started', () => {
  const { settings } = loadSettings({ env: { PARLEY_MUSIC_FOLDER: 'songs' }, cwd: '/srv/parley' });
  assert.equal(settings.music.folder, '/srv/parley/songs');
  assert.equal(settings.music.duckGain, 0.15);
});

test('a server names the sounds of its soundboard, also of another server', () => {
  const id = '123456789012345678';
  assert.deepEqual(guildPatchFromText('soundboardSounds', `${id}, 1@${id}`), { soundboardSounds: [id, `1@${id}`] });
  assert.throws(() => guildPatchFromText('soundboardSounds', 'airhorn'), SettingsError);
});
