import { z } from 'zod';
import type { Settings } from '../../../config/settings-schema.ts';
import type { TranscriptHit, VisibleQuery } from '../../../store/index.ts';
import type { Store } from '../../../store/store.ts';
import { tellingWords } from '../../../transcripts/ask/answer-question.ts';
import { answerable } from '../../../transcripts/ask/answerable.ts';
import type { WithheldSources } from '../../../transcripts/service/withheld.ts';
import { defineTool, type Tool } from '../tool.ts';
import { type SeenByAllServices, seenByAll } from './seen-by-all.ts';
import type { ToolRoom } from './tool-room.ts';

/** Passages looked at, and told. */
const looked = 60;
const told = 8;
/** Characters of a passage. */
const longest = 600;

export interface SearchTranscriptServices extends SeenByAllServices, WithheldSources {
  readonly settings: Pick<Settings, 'recordingsDir'>;
  readonly store: SeenByAllServices['store'] & WithheldSources['store'] & Pick<Store, 'transcripts'>;
  readonly discord: SeenByAllServices['discord'] & WithheldSources['discord'];
}

/**
 * What was said in recordings of this server: only what everybody who hears the answer may see, and only words of people who agree to
 * be transcribed and to be heard by an AI.
 */
export const searchTranscript = (room: ToolRoom, services: SearchTranscriptServices): Tool =>
  defineTool({
    name: 'search_transcript',
    says: 'Searches what was said in earlier recordings of this server that everybody here may see. Names who said it, when, and the words.',
    args: z.strictObject({ words: z.string().trim().min(1).max(200).describe('what to look for, a few words') }),
    right: 'heard',
    run: async ({ words }, { speakers, signal }) => {
      const { people, info } = room.live();
      const { guildId } = info;
      const listeners = people.membership.present.filter(({ bot }) => bot !== true).map(({ userId }) => userId);
      const all = [...new Set([...listeners, ...speakers])];
      const found = await services.store.transcripts.search({
        ...{ q: tellingWords(words), match: 'any', ...scopeOfOne(services, guildId, all), guildId },
        ...{ recordingSessionId: null, offset: 0, limit: looked },
      });
      const ids = found.map(({ recordingSessionId }) => recordingSessionId);
      const seen = await seenByAll(services, guildId, all, ids);
      const visible = found.filter(({ recordingSessionId }) => seen.has(recordingSessionId)).slice(0, 2 * told);
      const hits = await answerable(services, services.settings.recordingsDir, guildId, visible);
      signal.throwIfAborted();
      if (hits.length === 0) return 'Nothing was found that everybody here may see.';
      return JSON.stringify(hits.slice(0, told).map(passageOf));
    },
  });

/** The search is bounded to what one of them may see, who may not see everything: what all of them see is part of it. */
const scopeOfOne = (
  { discord }: Pick<SearchTranscriptServices, 'discord'>,
  guildId: string,
  userIds: readonly string[],
): Pick<VisibleQuery, 'userId' | 'wholeGuilds'> => {
  const bound = userIds.find((userId) => discord.requester(guildId, userId)?.canManageGuild !== true) ?? null;
  return { userId: bound, wholeGuilds: bound === null ? [guildId] : [] };
};

const passageOf = ({ displayName, startTime, fromMs, text }: TranscriptHit) => ({
  who: displayName === '' ? 'somebody' : displayName,
  when: new Date(startTime + fromMs).toISOString(),
  said: text.length > longest ? `${text.slice(0, longest)}…` : text,
});
