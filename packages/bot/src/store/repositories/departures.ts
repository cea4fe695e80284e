import { number, text, whole } from '../columns.ts';
import type { Store } from '../store.ts';
import type { RepositoryContext } from './context.ts';
import { purgeMemoryOf } from './memory-rows.ts';

/** What is kept of a guild, besides what its people have decided. */
const ofGuild = ['actions', 'sessions', 'recordings', 'settings', 'indicators', 'departed_guilds'] as const;
const ofRecordings = [
  ...['transcript_segments', 'participants', 'segments', 'jobs', 'deliveries', 'erasure_recordings'],
] as const;

export const departureRepository = ({ db, batch }: RepositoryContext): Store['departures'] => ({
  noted: async (guildId, at) => {
    await db.run('INSERT INTO departed_guilds (guild_id, since) VALUES (?, ?) ON CONFLICT (guild_id) DO NOTHING', [
      guildId,
      whole(at),
    ]);
  },
  cancelled: async (guildId) => (await db.run('DELETE FROM departed_guilds WHERE guild_id = ?', [guildId])) > 0,
  all: async () =>
    (await db.all('SELECT * FROM departed_guilds ORDER BY since')).map((row) => ({
      guildId: text(row, 'guild_id'),
      since: number(row, 'since'),
    })),
  knownGuilds: async () => {
    await batch.flush();
    const rows = await db.all('SELECT guild_id FROM recordings UNION SELECT guild_id FROM settings');
    return rows.map((row) => text(row, 'guild_id'));
  },
  purge: async (guildId) => {
    await batch.flush();
    return await db.transaction(async (tx) => {
      let rows = 0;
      for (const table of ofRecordings) {
        rows += await tx.run(`DELETE FROM ${table} WHERE recording_session_id GLOB ?`, [`${guildId}-*`]);
      }
      const forgetUse = 'UPDATE transcript_use SET recording_session_id = NULL WHERE recording_session_id GLOB ?';
      await tx.run(forgetUse, [`${guildId}-*`]);
      rows += await purgeMemoryOf(tx, guildId);
      rows += await tx.run('DELETE FROM spending WHERE guild_id = ?', [guildId]);
      for (const table of ofGuild) rows += await tx.run(`DELETE FROM ${table} WHERE guild_id = ?`, [guildId]);
      return rows;
    });
  },
});
