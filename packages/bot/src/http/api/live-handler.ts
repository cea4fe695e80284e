import type { ApiLiveEvent } from '@parley/protocol/api';
import type { FastifyRequest } from 'fastify';
import type { LiveEvent } from '../../session/live-news.ts';
import type { Session } from '../../session/session.ts';
import type { Viewer } from '../access/viewer.ts';
import { apiPerson, msOf } from '../recording-view/describe.ts';
import type { ApiHandlers } from './api-call.ts';
import { ApiFailure } from './api-failure.ts';
import { type StreamTurn, startEventStream } from './event-stream.ts';
import { type ApiServices, liveSessionOf } from './services.ts';

/** Live pages at once: all together, and of one person. */
const mostPages = 200;
const mostPagesEach = 5;

/** How a running recording stands. */
const stateOf = ({ people }: ApiServices, session: Session, elapsedMs: number): ApiLiveEvent => {
  const { guildId } = session.info;
  const { latest, news } = session.reports;
  const { yes, no } = session.people.recorded;
  return {
    ...{ type: 'state', elapsedMs, paused: session.recording.current?.isPaused ?? false },
    people: session.people.membership.present
      .filter(({ userId }) => yes.includes(userId))
      .map((person) => ({
        ...apiPerson(person, people.avatarUrl(guildId, person.userId)),
        speaking: news.speaking.has(person.userId),
      })),
    // Who they are, and when they speak, is nobody's business here.
    notRecorded: no.length,
    ...{ lost: latest?.lost ?? 0, received: latest?.received ?? 0, freeBytes: latest?.freeBytes ?? null },
  };
};

const eventOf = (event: LiveEvent, session: Session): ApiLiveEvent => {
  switch (event.kind) {
    case 'spoke':
      return { type: 'spoke', userId: event.userId, fromMs: msOf(event.fromSample), toMs: msOf(event.toSample) };
    case 'hole': {
      const { fromSample, toSample, userId, reason } = event;
      return { type: 'gap', gap: { fromMs: msOf(fromSample), toMs: msOf(toSample), userId, reason } };
    }
    case 'note': {
      const displayName = session.people.membership.get(event.userId)?.displayName ?? 'somebody';
      return { type: 'note', note: { atMs: msOf(event.sample), userId: event.userId, text: event.text, displayName } };
    }
  }
};

/** `live`: what happens in a running recording, until it ends, the page goes, or who asks may not see it any more. */
export const liveHandler = (
  services: ApiServices,
  whoAsks: (request: FastifyRequest) => Promise<Viewer | null>,
): Pick<ApiHandlers, 'live'> => {
  const open = new Map<string, number>();
  let pages = 0;
  return {
    live: async ({ viewer, recording, reply, request }) => {
      const session = liveSessionOf(services, recording);
      if (!session) throw new ApiFailure('not_ready', 'This recording does not run.');
      const { recordingSessionId } = recording;
      const key = viewer.kind === 'person' ? viewer.userId : viewer.name;
      const own = open.get(key) ?? 0;
      if (pages >= mostPages || own >= mostPagesEach) {
        throw new ApiFailure('rate_limited', 'Too many live pages are open.');
      }
      pages += 1;
      open.set(key, own + 1);
      let known = 0;
      let elapsedMs = 0;
      const turn = async (): Promise<StreamTurn> => {
        const now = await whoAsks(request);
        const same = now?.kind === 'person' && viewer.kind === 'person' && now.userId === viewer.userId;
        const maySee = same && (await services.access.find(viewer, recordingSessionId)) !== null;
        if (!maySee) return { events: [], over: true };
        // Only now: while it was asked, another recording may have begun.
        const run = session.recording.current;
        if (run?.recordingSessionId !== recordingSessionId) {
          return { events: [{ type: 'ended', durationMs: elapsedMs }], over: true };
        }
        ({ elapsedMs } = run);
        const news = session.reports.news.since(known);
        known = news.upTo;
        const own = news.events.filter((event) => event.recordingSessionId === recordingSessionId);
        const events = own.map((event) => eventOf(event, session));
        return { events: [...events, stateOf(services, session, elapsedMs)], over: false };
      };
      const headers = reply.getHeaders();
      startEventStream({
        ...{ raw: reply.hijack().raw, headers, clock: services.clock, turn },
        onClosed: () => {
          pages -= 1;
          const left = (open.get(key) ?? 1) - 1;
          if (left === 0) open.delete(key);
          else open.set(key, left);
        },
      });
      return reply;
    },
  };
};
