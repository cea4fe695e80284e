import { defineCommand } from './command.ts';
import { scopeOf, spokenPlace } from './transcript-scope.ts';

/** Places shown: as many as fit a message. */
const shown = 8;

export const search = defineCommand({
  name: 'search',
  says: 'where words were said in recordings you may see',
  options: {
    words: { kind: 'text', says: 'words; a phrase in quotation marks', required: true, maxLength: 200 },
  },
  personal: true,
  run: async (call, services) => {
    const { store, settings } = services;
    const q = call.args.words ?? '';
    const hits = await store.transcripts.search({
      ...{ q, match: 'all', ...scopeOf(call, services), recordingSessionId: null, offset: 0, limit: shown + 1 },
    });
    return {
      kind: 'search_results',
      details: {
        ...{ q, prefix: settings.prefix, more: hits.length > shown },
        hits: hits.slice(0, shown).map((hit) => ({ ...spokenPlace(hit, settings), excerpt: hit.excerpt })),
      },
    };
  },
});
