import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ApiPeaks, peaks as peaksShape } from '@parley/protocol/api';
import type { RecordingRow } from '../../store/index.ts';
import { decodeCursor, encodeCursor } from '../recording-view/cursor.ts';
import { openPlainFile, sendFile } from '../send-file.ts';
import type { ApiHandlers } from './api-call.ts';
import { ApiFailure, beingErased } from './api-failure.ts';
import { briefOf } from './recording-brief.ts';
import { wholeOf } from './recording-whole.ts';
import type { ApiServices } from './services.ts';

type Handlers = Pick<ApiHandlers, 'recordings' | 'recording' | 'peaks' | 'mix' | 'track' | 'transcript'>;

/** What reads recordings. */
export const recordingHandlers = (services: ApiServices): Handlers => {
  const { access, erasing, shelf, transcripts } = services;
  return {
    recordings: async ({ viewer, query: { cursor, guildId = null, limit } }) => {
      const before = cursor === undefined ? null : decodeCursor(cursor);
      if (cursor !== undefined && before === null) throw new ApiFailure('bad_request', 'cursor: not one of ours');
      const rows = await access.list(viewer, { guildId, before, limit: limit + 1 });
      const shown = rows.slice(0, limit);
      const last = shown.at(-1);
      return {
        recordings: await Promise.all(shown.map((row) => briefOf(services, row))),
        next: rows.length > limit && last ? encodeCursor(last) : null,
      };
    },
    recording: async ({ viewer, recording }) => await wholeOf(services, viewer, recording),
    peaks: async ({ recording, params: { userId } }) => {
      if ((await erasing.from(recording)).has(userId)) throw new ApiFailure('not_ready', beingErased);
      const { root } = shelf.layout(recording.recordingSessionId);
      const found = await readPeaks(join(root, 'peaks', `${userId}.json`));
      if (!found) throw new ApiFailure('not_ready', 'The levels of this track are not there yet.');
      return found;
    },
    mix: async ({ recording, request, reply }) => {
      if ((await erasing.from(recording)).size > 0) throw new ApiFailure('not_ready', beingErased);
      const opened = await openPlainFile(shelf.layout(recording.recordingSessionId).mix);
      if (!opened) throw new ApiFailure('not_ready', 'There is no mix yet.');
      const save = savedAs(request.query, recording, 'mix');
      return await sendFile(request, reply, opened, { type: 'audio/ogg', ...save });
    },
    track: async ({ recording, params: { userId }, request, reply }) => {
      if ((await erasing.from(recording)).has(userId)) throw new ApiFailure('not_ready', beingErased);
      const opened = await openPlainFile(shelf.layout(recording.recordingSessionId).track(userId));
      if (!opened) throw new ApiFailure('not_found', 'There is no track of this person.');
      const save = savedAs(request.query, recording, userId);
      return await sendFile(request, reply, opened, { type: 'audio/ogg', ...save });
    },
    transcript: async ({ recording }) => {
      const { recordingSessionId } = recording;
      const gone = await erasing.from(recording);
      const segments = await transcripts.segments(recordingSessionId);
      return {
        status: await transcripts.status(recordingSessionId),
        fraction: transcripts.fraction(recordingSessionId),
        segments: segments.filter(({ userId }) => !gone.has(userId)),
      };
    },
  };
};

/** With `?download` a file is saved under a name of its own, else it is played where it is. */
const savedAs = (query: unknown, { recordingSessionId }: RecordingRow, part: string): { readonly savedAs?: string } =>
  typeof query === 'object' && query !== null && 'download' in query
    ? { savedAs: `${recordingSessionId}-${part}.ogg` }
    : {};

const readPeaks = async (file: string): Promise<ApiPeaks | null> => {
  try {
    return peaksShape.safeParse(JSON.parse(await readFile(file, 'utf8'))).data ?? null;
  } catch {
    return null;
  }
};
