import { basename, extname } from 'node:path';
import { openApiDocument } from '@parley/protocol/api';
import type { Viewer } from '../access/viewer.ts';
import { nameOf } from '../recording-view/describe.ts';
import { openPlainFile, sendFile } from '../send-file.ts';
import type { ApiHandlers } from './api-call.ts';
import { ApiFailure, beingErased } from './api-failure.ts';
import { type ApiServices, liveSessionOf } from './services.ts';

type Handlers = Omit<
  ApiHandlers,
  'recordings' | 'recording' | 'peaks' | 'mix' | 'track' | 'transcript' | 'live' | 'signInWays'
>;

/** The person who asks; what only people may do is closed to programs before it comes here. */
const personOf = (viewer: Viewer) => {
  if (viewer.kind !== 'person') throw new ApiFailure('not_allowed', 'Tokens only read.');
  return viewer;
};

/** What people do: sign out, note, export, erase, search. */
export const personHandlers = (services: ApiServices): Handlers => {
  const { access, desk, eraser, erasing, exports, logger, notes, people, shelf, transcripts, version } = services;
  return {
    me: async ({ viewer }) => {
      const { userId, signIn } = personOf(viewer);
      const { displayName, avatarUrl } = await people.user(userId).catch((error: unknown) => {
        logger.warn({ err: error }, 'Discord does not say who is signed in; the id stands for the name');
        return { displayName: userId, avatarUrl: null };
      });
      return { person: { userId, displayName, avatarUrl }, csrf: signIn.csrf, expiresAt: signIn.expiresAt };
    },
    signOut: async ({ viewer }) => {
      await desk.end(personOf(viewer).signIn);
      return {};
    },
    signOutEverywhere: async ({ viewer }) => {
      const { userId } = personOf(viewer);
      const signIns = await desk.endAll(userId);
      logger.info({ userId, signIns }, 'somebody signed out everywhere');
      return { signIns };
    },
    search: async ({ viewer, query }) => {
      const { q, recordingId = null, cursor = null, limit } = query;
      const scope = await access.scope(viewer);
      const { hits, next } = await transcripts.search({ q, recordingId, cursor, limit }, scope);
      return { hits: [...hits], next };
    },
    note: async ({ viewer, recording, body }) => {
      const { userId } = personOf(viewer);
      const { recordingSessionId } = recording;
      const text = body.text.replaceAll(/\s+/g, ' ');
      const live = liveSessionOf(services, recording);
      const run = live?.recording.current;
      const durationMs = run ? run.elapsedMs : recording.durationMs;
      if (durationMs === null || body.atMs > durationMs) {
        throw new ApiFailure('bad_request', 'atMs: the recording is not that long');
      }
      if (live && run) {
        notes.countLive(recordingSessionId);
        live.recording.note({ type: 'marker', userId, text }, run.originUs + body.atMs * 1000);
        live.reports.news.add({
          recordingSessionId,
          kind: 'note',
          sample: run.sampleAt(run.originUs + body.atMs * 1000),
          userId,
          text,
        });
      } else await notes.add(recordingSessionId, body.atMs, userId, text);
      logger.info({ recordingSessionId, userId }, 'a note was set on a page');
      const session = await shelf.session(recordingSessionId);
      return { atMs: body.atMs, userId, text, displayName: nameOf([...(session?.participants ?? [])], userId) };
    },
    erase: async ({ viewer, recording, body, reply }) => {
      const { userId } = personOf(viewer);
      const { guildId, recordingSessionId } = recording;
      const isSelf = body.userId === userId;
      if (!isSelf && !(await access.manages(viewer, guildId))) {
        throw new ApiFailure('not_allowed', 'Only people with Manage Server may erase somebody else.');
      }
      logger.info({ recordingSessionId, guildId }, 'an erasure was asked for on a page');
      const askedBy = isSelf ? 'self' : 'manager';
      await eraser.begin({ userId: body.userId, guildId, sessionId: null, recordingSessionId, askedBy });
      reply.code(202);
      return {};
    },
    export: async ({ viewer, recording, body }) => {
      const { userId } = personOf(viewer);
      const { recordingSessionId, guildId } = recording;
      const { format, fromMs = null, toMs = null } = body;
      if ((await erasing.from(recording)).size > 0) throw new ApiFailure('not_ready', beingErased);
      const folder = shelf.layout(recordingSessionId).root;
      logger.info({ recordingSessionId, userId, format }, 'an export was asked for on a page');
      return exports.begin({
        ...{ recordingSessionId, folder, guildId, format, fromMs, toMs },
        requestedByUserId: userId,
      });
    },
    exportJob: async ({ viewer, params }) => {
      const job = exports.of(personOf(viewer).userId, params.exportId);
      if (!job) throw new ApiFailure('not_found', 'There is no such export any more. Begin another.');
      return job.view;
    },
    exportFile: async ({ viewer, params, request, reply }) => {
      const job = exports.of(personOf(viewer).userId, params.exportId);
      // Whoever may not see the recording any more does not get what was made of it either.
      const recording = job && (await access.find(viewer, job.wish.recordingSessionId));
      if (recording && (await erasing.from(recording)).size > 0) throw new ApiFailure('not_ready', beingErased);
      const opened = recording && job.place ? await openPlainFile(job.place.path) : null;
      if (!job?.place || !opened) throw new ApiFailure('not_found', 'The file is gone. Begin another export.');
      const ending = extname(basename(job.place.path));
      const savedAs = `${job.wish.recordingSessionId}-${job.wish.format}${ending}`;
      return await sendFile(request, reply, opened, { type: 'application/octet-stream', savedAs });
    },
    openapi: async () => openApiDocument(version),
  };
};
