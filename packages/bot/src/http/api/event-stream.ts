import type { ServerResponse } from 'node:http';
import type { Clock } from '@parley/protocol';
import type { ApiLiveEvent } from '@parley/protocol/api';

/** How often a live page is told how things stand, and how long a page may take to read its last words; milliseconds. */
export const streamTimes = { everyMs: 1000, lastWordsMs: 5000 } as const;
/** Bytes that may wait for a page that does not read; one that is further behind is let go, and comes back by itself. */
const mostWaiting = 256 * 1024;

/** What a turn of the stream has to say. `over`: nothing follows. */
export interface StreamTurn {
  readonly events: readonly ApiLiveEvent[];
  readonly over: boolean;
}

export interface EventStreamOptions {
  readonly raw: ServerResponse;
  readonly headers: Readonly<Record<string, string | number | string[] | undefined>>;
  readonly clock: Clock;
  /** Asked once a second, never while it is still being answered. */
  readonly turn: () => Promise<StreamTurn>;
  /** Told once, when the page has gone or the stream is over. */
  readonly onClosed: () => void;
}

/**
 * Server-sent events (WHATWG HTML, §9.2) to one page, until there is nothing more to say or the page has gone. Nothing it does can
 * fail outside of itself: what is written to a page that went away is dropped.
 */
export const startEventStream = ({ raw, headers, clock, turn, onClosed }: EventStreamOptions): void => {
  let closed = false;
  let busy = false;
  let timer: Disposable | null = null;
  const close = () => {
    if (closed) return;
    closed = true;
    timer?.[Symbol.dispose]();
    onClosed();
  };
  const end = () => {
    if (closed) return;
    close();
    raw.end();
    clock.setTimeout(() => raw.destroy(), streamTimes.lastWordsMs);
  };
  const step = async () => {
    if (closed || busy) return;
    busy = true;
    try {
      const { events, over } = await turn();
      if (closed) return;
      if (raw.writableLength > mostWaiting) {
        close();
        raw.destroy();
        return;
      }
      for (const event of events) raw.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      if (over) end();
    } catch {
      end();
    } finally {
      busy = false;
    }
  };
  raw.on('error', close);
  raw.on('close', close);
  if (raw.destroyed) {
    close(); // it went while it was being looked up who asks
    return;
  }
  raw.writeHead(200, {
    ...headers,
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no', // a proxy must not collect what is said now
  });
  raw.flushHeaders(); // the page knows that it is connected before there is anything to say
  timer = clock.setInterval(() => void step(), streamTimes.everyMs);
  void step();
};
