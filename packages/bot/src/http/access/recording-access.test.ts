import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FakeClock, settle } from '@parley/protocol/testing';
import { logLines, openTestStore, tempFolder } from '../../store/testing/temp-store.ts';
import { PaperGuilds } from '../../testing/pages-rig.ts';
import { CachedMembers, memberCache } from './cached-members.ts';
import { RecordingAccess } from './recording-access.ts';

const ada = '200000000000000001';
const guilds = Array.from({ length: 50 }, (_, n) => String(100_000_000_000_000_000n + BigInt(n)));

test('what somebody manages is asked for a few guilds at a time, and a Discord that is down is left alone for a while', async () => {
  await using folder = await tempFolder();
  const clock = new FakeClock();
  await using store = await openTestStore(folder.path, { clock });
  const { lines, logger } = logLines();
  const people = new PaperGuilds();
  for (const guildId of guilds) people.names.set(guildId, 'Guild');
  people.put(guilds[7] ?? '', ada, true);
  let asked = 0;
  let open = 0;
  let most = 0;
  const slow = {
    member: async (guildId: string, userId: string) => {
      asked += 1;
      open += 1;
      most = Math.max(most, open);
      await settle();
      open -= 1;
      return await people.member(guildId, userId);
    },
  };
  const access = new RecordingAccess({ store, people, members: new CachedMembers(slow, clock, logger) });
  const scope = () => access.scope({ kind: 'person', userId: ada });
  assert.deepEqual((await scope()).wholeGuilds, [guilds[7]]);
  assert.deepEqual([asked, most <= 4], [50, true], `${most} at once`);
  await scope();
  assert.equal(asked, 50, 'what is known is not asked for again');
  clock.advance(memberCache.keepMs + 1);
  people.failure = new Error('Discord does not answer');
  for (let look = 0; look < 3; look += 1) assert.deepEqual((await scope()).wholeGuilds, []);
  assert.equal(asked, 100, 'once each, not at every look');
  assert.equal(lines.filter(({ msg }) => msg === 'it cannot be known who manages a guild').length, 50);
  people.failure = null;
  clock.advance(memberCache.failedMs + 1);
  assert.deepEqual((await scope()).wholeGuilds, [guilds[7]]);
});
