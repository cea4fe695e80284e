import type { ApiSearchHit, ApiSpoken } from '@parley/protocol/api';
import type { Store, TranscriptState, VisibleQuery } from '../../store/index.ts';
import { readSummary } from '../summary/summary-file.ts';
import { msOfSample, readTranscriptFile } from './read-spoken.ts';

export interface PageTranscriptsOptions {
  readonly store: Pick<Store, 'transcripts' | 'jobs'>;
  /** Absolute path of a recording's folder. */
  readonly folderOf: (recordingSessionId: string) => string;
  /** How far a transcription is, 0 to 1; null: it does not run. */
  readonly fractionOf: (recordingSessionId: string) => number | null;
}

/** Transcripts as the pages and the read API ask for them; whether one may see a recording is settled before. */
export const pageTranscripts = ({ store, folderOf, fractionOf }: PageTranscriptsOptions) => {
  /** Whether somebody's words are still to be taken out of it. */
  const isWithheld = async (recordingSessionId: string): Promise<boolean> => {
    const job = await store.jobs.get('withdraw', recordingSessionId);
    return job !== null && job.state !== 'done';
  };
  return {
    status: async (recordingSessionId: string): Promise<TranscriptState | 'none'> =>
      (await store.transcripts.states([recordingSessionId])).get(recordingSessionId) ?? 'none',
    fraction: fractionOf,
    segments: async (recordingSessionId: string): Promise<readonly ApiSpoken[]> => {
      const transcript = (await isWithheld(recordingSessionId))
        ? null
        : await readTranscriptFile(folderOf(recordingSessionId));
      return (transcript?.segments ?? []).map(({ userId, startSample, endSample, text, words }) => ({
        ...{ userId, fromMs: msOfSample(startSample), toMs: msOfSample(endSample), text },
        ...(words !== undefined && {
          words: words.map((word) => ({
            ...{ fromMs: msOfSample(word.startSample), toMs: msOfSample(word.endSample), text: word.text },
          })),
        }),
      }));
    },
    summary: async (recordingSessionId: string): Promise<string | null> =>
      (await isWithheld(recordingSessionId)) ? null : ((await readSummary(folderOf(recordingSessionId)))?.text ?? null),
    /** `cursor`: as the page before gave it; anything else begins anew. */
    search: async (
      query: {
        readonly q: string;
        readonly recordingId: string | null;
        readonly cursor: string | null;
        readonly limit: number;
      },
      scope: Pick<VisibleQuery, 'userId' | 'wholeGuilds'>,
    ): Promise<{ readonly hits: readonly ApiSearchHit[]; readonly next: string | null }> => {
      const { q, recordingId, cursor, limit } = query;
      const offset = /^\d{1,6}$/.test(cursor ?? '') ? Number(cursor) : 0;
      const found = await store.transcripts.search({
        ...{ q, match: 'all', ...scope, guildId: null, recordingSessionId: recordingId, offset, limit: limit + 1 },
      });
      return {
        hits: found.slice(0, limit).map((hit) => ({
          ...{ recordingId: hit.recordingSessionId, channelName: hit.channelName, startTime: hit.startTime },
          ...{ userId: hit.userId, displayName: hit.displayName, atMs: hit.fromMs, excerpt: hit.excerpt },
        })),
        next: found.length > limit ? String(offset + limit) : null,
      };
    },
  };
};

export type PageTranscripts = ReturnType<typeof pageTranscripts>;
