import { number, oneOf, text, textOrNull, whole } from '../columns.ts';
import type { Store } from '../store.ts';
import type { RepositoryContext } from './context.ts';

const kinds = ['nickname', 'voice_status'] as const;

/** Showing it again keeps what stood there before the first time: that is what has to come back. */
const upsert = `INSERT INTO indicators (guild_id, kind, channel_id, previous, shown, at) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (guild_id, kind) DO UPDATE SET
previous = CASE WHEN channel_id IS excluded.channel_id THEN previous ELSE excluded.previous END,
channel_id = excluded.channel_id, shown = excluded.shown, at = excluded.at`;

export const indicatorRepository = ({ db }: RepositoryContext): Store['indicators'] => ({
  set: async (row) => {
    await db.run(upsert, [row.guildId, row.kind, row.channelId, row.previous, row.shown, whole(row.at)]);
  },
  clear: async (guildId, kind) => {
    await db.run('DELETE FROM indicators WHERE guild_id = ? AND kind = ?', [guildId, kind]);
  },
  all: async () =>
    (await db.all('SELECT * FROM indicators ORDER BY guild_id, kind')).map((row) => ({
      guildId: text(row, 'guild_id'),
      kind: oneOf(row, 'kind', kinds),
      channelId: textOrNull(row, 'channel_id'),
      previous: textOrNull(row, 'previous'),
      shown: text(row, 'shown'),
      at: number(row, 'at'),
    })),
});
