import type { DiscordPort } from '../../../session/discord-port.ts';
import type { Store } from '../../../store/store.ts';

export interface SeenByAllServices {
  readonly store: Pick<Store, 'recordings'>;
  readonly discord: Pick<DiscordPort, 'requester'>;
}

/**
 * Which of a guild's recordings everybody of these people may see: what is said aloud is told to all of them.
 * @returns ids among those given @throws StoreError
 */
export const seenByAll = async (
  { store, discord }: SeenByAllServices,
  guildId: string,
  userIds: readonly string[],
  recordingSessionIds: Iterable<string>,
): Promise<ReadonlySet<string>> => {
  const bound = userIds.filter((userId) => discord.requester(guildId, userId)?.canManageGuild !== true);
  const seen = new Set<string>();
  for (const id of new Set(recordingSessionIds)) {
    let isSeen = userIds.length > 0;
    for (const userId of bound) isSeen &&= await store.recordings.concerns(id, userId);
    if (isSeen) seen.add(id);
  }
  return seen;
};
