import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { DiscordSim } from '@parley/sim';
import { execa } from 'execa';
import { temporaryFolder } from '../lib/temporary-folder.ts';

const cli = resolve(import.meta.dirname, '..', '..', 'packages', 'bot', 'src', 'cli.ts');

interface Report {
  readonly ok: boolean;
  readonly findings: readonly { readonly level: string; readonly code: string; readonly sentence: string }[];
  readonly notes: readonly string[];
}

test('parley doctor asks Discord who the bot is, what it may and what its token is worth, and shows no secret', async () => {
  await using sim = await DiscordSim.start({ privilegedIntents: false });
  await using folder = await temporaryFolder('doctor');
  const guild = sim.addGuild({ name: 'Home' });
  guild.setBotPermissions(['ViewChannel', 'Connect', 'SendMessages', 'AttachFiles', 'ChangeNickname']);
  const ask = async (env: Record<string, string>): Promise<Report & { exitCode: number | undefined }> => {
    const { stdout, stderr, exitCode } = await execa(process.execPath, [cli, 'doctor', '--json'], {
      cwd: folder.path,
      env: {
        ...sim.env(),
        PARLEY_DATA_DIR: join(folder.path, 'data'),
        PARLEY_RECORDINGS_DIR: join(folder.path, 'recordings'),
        PARLEY_HTTP_PORT: '0',
        ...env,
      },
      reject: false,
      timeout: 60_000,
    });
    assert.doesNotMatch(stdout + stderr, new RegExp(`${sim.botToken}|a-token-nobody-may-see`));
    return { ...(JSON.parse(stdout) as Report), exitCode };
  };
  const well = await ask({});
  const codes = ({ findings }: Report) => findings.map(({ code }) => code).filter((code) => code !== 'ffmpeg_missing');
  assert.deepEqual(codes(well), ['message_content_off', 'permissions_missing']);
  assert.match(well.findings.find(({ code }) => code === 'permissions_missing')?.sentence ?? '', /“Home”.*Speak/);
  assert.deepEqual([well.ok, well.exitCode], [true, 0]);
  assert.ok(
    well.notes.some((note) => note.includes('in 1 servers')),
    well.notes.join(),
  );

  const refused = await ask({ DISCORD_TOKEN: 'a-token-nobody-may-see' });
  assert.deepEqual([codes(refused), refused.exitCode], [['token_refused'], 1]);

  const away = await ask({ DISCORD_API_BASE: 'http://127.0.0.1:9/api' });
  assert.deepEqual([codes(away), away.exitCode], [['discord_unreachable'], 1]);
});
