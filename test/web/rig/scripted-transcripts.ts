import type { ApiSpoken } from '@parley/protocol/api';
import type { PageTranscripts } from '../../../packages/bot/src/transcripts/service/page-transcripts.ts';

export interface KnownTranscript {
  readonly channelName: string;
  readonly startTime: number;
  readonly guildId: string;
  readonly names: ReadonlyMap<string, string>;
  readonly spoken: readonly ApiSpoken[];
  readonly summary: string | null;
  /** Set while it is being made. */
  making?: { readonly status: 'queued' | 'running'; readonly fraction: number | null } | null;
}

/** Transcripts from memory, searched word by word. */
export const scriptedTranscripts = (known: ReadonlyMap<string, KnownTranscript>): PageTranscripts => ({
  status: async (id) => known.get(id)?.making?.status ?? ((known.get(id)?.spoken.length ?? 0) > 0 ? 'done' : 'none'),
  fraction: (id) => known.get(id)?.making?.fraction ?? null,
  segments: async (id) => known.get(id)?.spoken ?? [],
  summary: async (id) => known.get(id)?.summary ?? null,
  search: async ({ q, recordingId, limit }) => {
    const word = q.toLowerCase();
    const hits = [...known].flatMap(([id, { channelName, startTime, names, spoken }]) =>
      recordingId !== null && recordingId !== id
        ? []
        : spoken
            .filter(({ text }) => text.includes(word))
            .map(({ userId, fromMs, text }) => ({
              ...{ recordingId: id, channelName, startTime, userId, atMs: fromMs },
              displayName: names.get(userId) ?? 'somebody',
              excerpt: text.replace(word, `‹${word}›`),
            })),
    );
    return { hits: hits.slice(0, limit), next: null };
  },
});
