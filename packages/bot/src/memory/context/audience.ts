import type { EpisodeRow, MemoryRow } from '../memory-rows.ts';

/** Who hears what the agent says: one person alone, or people in a channel of a server, where anybody may come in at any moment. */
export type Audience =
  | { readonly kind: 'alone'; readonly userId: string }
  | { readonly kind: 'group'; readonly guildId: string; readonly present: readonly string[] };

/**
 * What of the memory these people may hear: alone, everything of oneself; in a group, what is of the server itself and what those present
 * let this server hear. What somebody keeps privately is in no group's. Pure.
 */
export const audibleMemories = (memories: readonly MemoryRow[], audience: Audience): readonly MemoryRow[] => {
  if (audience.kind === 'alone') return memories.filter(({ ownerId }) => ownerId === audience.userId);
  const { guildId, present } = audience;
  return memories.filter(
    ({ ownerId, guildId: where, scope }) =>
      scope === 'guild' && where === guildId && (ownerId === guildId || present.includes(ownerId)),
  );
};

/** What of past conversations they may hear: those in which every one of them took part, in a group of this server only. Pure. */
export const audibleEpisodes = (episodes: readonly EpisodeRow[], audience: Audience): readonly EpisodeRow[] => {
  if (audience.kind === 'alone') return episodes.filter(({ people }) => people.includes(audience.userId));
  const { guildId, present } = audience;
  return episodes.filter(
    ({ guildId: where, ownerId, people }) =>
      ownerId === null && where === guildId && present.length > 0 && present.every((userId) => people.includes(userId)),
  );
};
