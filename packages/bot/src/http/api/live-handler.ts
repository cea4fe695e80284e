import type { ApiLiveEvent } from '@parley/protocol/api';
import type { LiveEvent } from '../../session/live-news.ts';
import type { Session } from '../../session/session.ts';
import { apiPerson, msOf } from '../recording-view/describe.ts';
import type { ApiHandlers } from './api-call.ts';
import { ApiFailure } from './api-failure.ts';
import { type ApiServices, liveSessionOf } from './services.ts';

/** How often a live page is told how things stand, milliseconds. */
const everyMs = 1000;
/** Bytes that may wait for a page that does not read; one that is further behind is let go, and comes back by itself. */
const mostWaiting = 256 * 1024;
/** Live pages at once, all recordings together. */
const mostPages = 200;

const line = (event: ApiLiveEvent): string => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;

/** How a running recording stands. */
const stateOf = ({ people }: ApiServices, session: Session, elapsedMs: number): ApiLiveEvent => {
  const { guildId } = session.info;
  const { latest, news } = session.reports;
  const { yes } = session.people.recorded;
  return {
    ...{ type: 'state', elapsedMs, paused: session.recording.current?.isPaused ?? false },
    people: session.people.membership.present
      .filter(({ bot }) => bot !== true)
      .map((person) => ({
        ...apiPerson(person, people.avatarUrl(guildId, person.userId)),
        speaking: news.speaking.has(person.userId),
        recorded: yes.includes(person.userId),
      })),
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

/** `live`: server-sent events (WHATWG HTML, §9.2) until the recording ends or the page goes. */
export const liveHandler = (services: ApiServices): Pick<ApiHandlers, 'live'> => {
  let pages = 0;
  return {
    live: async ({ viewer, recording, reply, request }) => {
      const session = liveSessionOf(services, recording);
      if (!session) throw new ApiFailure('not_ready', 'This recording does not run.');
      if (pages >= mostPages) throw new ApiFailure('rate_limited', 'Too many live pages are open.');
      const { recordingSessionId } = recording;
      const { raw } = reply.hijack();
      raw.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no', // a proxy must not collect what is said now
      });
      pages += 1;
      let known = 0;
      const tick = async () => {
        const run = session.recording.current;
        const isOver = run?.recordingSessionId !== recordingSessionId;
        const maySee = (await services.access.find(viewer, recordingSessionId)) !== null;
        if (isOver) raw.write(line({ type: 'ended', durationMs: recording.durationMs ?? 0 }));
        if (isOver || !maySee || raw.writableLength > mostWaiting) return raw.end();
        const news = session.reports.news.since(known);
        known = news.upTo;
        for (const event of news.events) raw.write(line(eventOf(event, session)));
        raw.write(line(stateOf(services, session, run?.elapsedMs ?? 0)));
        return undefined;
      };
      const timer = services.clock.setInterval(() => void tick().catch(() => raw.end()), everyMs);
      request.raw.once('close', () => {
        pages -= 1;
        timer[Symbol.dispose]();
      });
      await tick();
      return reply;
    },
  };
};
