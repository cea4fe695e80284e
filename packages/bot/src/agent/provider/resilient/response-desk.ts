import { noUsage, type ProviderEvent, type ProviderEvents, type ProviderUsage } from '../provider-event.ts';
import type { ResponseRequest } from '../realtime-provider.ts';
import { costs } from './paid.ts';
import type { ProviderSocket } from './provider-socket.ts';

/** How long a request may be without any sign of an answer, ms (05, Response sequencer). */
export const silenceMs = 5200;
/**
 * How long a response that has begun may be without another sign, ms, besides the time its speech lasts: some providers end a response
 * only when it could have been heard.
 */
export const stuckMs = 20_000;
/** How often a request is repeated on the same socket before the socket itself is replaced. */
export const maxRetries = 2;

/** A response that was asked for, until it has ended. */
interface Wanted {
  readonly requestId: string;
  readonly request: ResponseRequest;
  /** Where it was asked for, and the request's id there; null while no socket has it. */
  on: { readonly socket: ProviderSocket; readonly innerId: string } | null;
  askedAt: number;
  retries: number;
  /** A socket was replaced because nothing came of it. */
  recovered: boolean;
  /** The provider's id of it once it has begun, though nothing came of it yet. */
  begun: string | null;
  /** Its id outside, once something came of it. */
  responseId: string | null;
}

type Overdue = 'no' | 'retry' | 'recover' | 'give_up';

const overdue = ({ on, responseId, askedAt, retries, recovered }: Wanted, nowMs: number): Overdue => {
  if (on === null || responseId !== null || nowMs - askedAt < silenceMs) return 'no';
  if (retries < maxRetries) return 'retry';
  return recovered ? 'give_up' : 'recover';
};

/**
 * The responses of a conversation. One is told to have begun when something of it comes: one of which nothing comes can so be asked
 * for again, here or on another socket, without anybody seeing it. Each that has begun ends once.
 */
export class ResponseDesk {
  readonly #events: ProviderEvents;
  readonly #onUnseen: (usage: ProviderUsage) => void;
  #wanted: Wanted[] = [];
  #ids = 0;

  /** @param onUnseen a response that nobody outside knows of was paid for */
  constructor(events: ProviderEvents, onUnseen: (usage: ProviderUsage) => void = () => undefined) {
    this.#events = events;
    this.#onUnseen = onUnseen;
  }

  get isEmpty(): boolean {
    return this.#wanted.length === 0;
  }

  /** @returns the request's id */
  request(request: ResponseRequest, socket: ProviderSocket | null, nowMs: number): string {
    this.#ids += 1;
    const requestId = `request-${this.#ids}`;
    const wanted: Wanted = {
      ...{ requestId, request, on: null, askedAt: nowMs, retries: 0 },
      ...{ recovered: false, begun: null, responseId: null },
    };
    this.#wanted.push(wanted);
    if (socket) ask(wanted, socket, nowMs);
    return requestId;
  }

  /** Asks a new socket for everything nobody has begun to answer. */
  askAll(socket: ProviderSocket, nowMs: number): void {
    for (const wanted of this.#wanted) if (wanted.responseId === null) ask(wanted, socket, nowMs);
  }

  /** @returns false when `id` is no request that waits */
  takeBack(id: string): boolean {
    const wanted = this.#wanted.find(({ requestId, responseId }) => requestId === id && responseId === null);
    if (!wanted) return false;
    this.#wanted = this.#wanted.filter((other) => other !== wanted);
    stop(wanted);
    return true;
  }

  /** The response that a request has become; the id itself when it is none of a request. */
  responseOf(id: string): string {
    return this.#wanted.find(({ requestId }) => requestId === id)?.responseId ?? id;
  }

  /** A response has begun at the provider. */
  began(socket: ProviderSocket, innerResponseId: string, innerRequestId: string | null, nowMs: number): void {
    // It was told before.
    if (socket.speaking.has(socket.outer(innerResponseId)) || this.#of(socket, innerResponseId)) return;
    const waiting = this.#wanted.filter(({ on, begun }) => on?.socket === socket && begun === null);
    const wanted = innerRequestId === null ? waiting[0] : waiting.find(({ on }) => on?.innerId === innerRequestId);
    if (wanted) wanted.begun = innerResponseId;
    // One that names a request nobody waits for any more is told to nobody; what it cost is.
    else if (innerRequestId === null) this.#tell(socket, innerResponseId, null, nowMs);
  }

  /**
   * Something of a response came, `audioMs` of speech or something else.
   * @returns `begins`: it has just begun for those outside · `gone`: it has ended for them, or never was theirs
   */
  shows(socket: ProviderSocket, innerResponseId: string, nowMs: number, audioMs = 0): 'begins' | 'goes_on' | 'gone' {
    const wanted = this.#of(socket, innerResponseId);
    const begins = wanted !== undefined && wanted.responseId === null;
    if (begins) {
      wanted.responseId = socket.outer(innerResponseId);
      this.#tell(socket, innerResponseId, wanted.requestId, nowMs);
    }
    const saying = socket.speaking.get(socket.outer(innerResponseId));
    if (saying === undefined) return 'gone';
    saying.signAt = nowMs;
    saying.audioMs += audioMs;
    return begins ? 'begins' : 'goes_on';
  }

  finished(socket: ProviderSocket, event: Extract<ProviderEvent, { type: 'response_finished' }>, nowMs: number): void {
    const wanted = this.#of(socket, event.responseId);
    if (wanted && wanted.responseId === null) {
      // It failed before anything came: it is asked for again in its time. An empty answer is an answer.
      wanted.begun = null;
      if (event.status === 'failed' || event.status === 'cancelled') {
        this.#unseen(event.usage);
        return;
      }
      wanted.begun = event.responseId;
      this.shows(socket, event.responseId, nowMs);
    }
    this.#end(socket, { ...event, responseId: socket.outer(event.responseId) });
  }

  /** A socket is given up: what it had begun has failed, what it was asked for waits for another. */
  left(socket: ProviderSocket): void {
    for (const wanted of this.#wanted) {
      if (wanted.on?.socket === socket && wanted.responseId === null) {
        wanted.on = null;
        wanted.begun = null;
      }
    }
    for (const responseId of [...socket.speaking.keys()]) {
      this.#end(socket, { type: 'response_finished', responseId, status: 'failed', usage: noUsage });
    }
  }

  /** Looks for responses of which nothing came for too long. @returns `stalled` when the socket should be replaced */
  hurry(socket: ProviderSocket, nowMs: number): 'fine' | 'stalled' {
    for (const wanted of [...this.#wanted]) {
      const what = wanted.on?.socket === socket ? overdue(wanted, nowMs) : 'no';
      if (what === 'no') continue;
      stop(wanted);
      if (what === 'retry') {
        wanted.retries += 1;
        this.#warn('response_silent', 'Nothing came of a response; it is asked for again.');
        ask(wanted, socket, nowMs);
      } else if (what === 'recover') {
        wanted.recovered = true;
        wanted.retries = 0;
        this.#warn('response_silent', 'Nothing came of a response; the socket is replaced.');
        return 'stalled';
      } else this.#giveUp(wanted);
    }
    return 'fine';
  }

  /** Ends what has begun and of which nothing more comes: whoever waits for its end would wait for ever. */
  endStuck(socket: ProviderSocket, nowMs: number): void {
    for (const [responseId, { signAt, audioMs }] of [...socket.speaking]) {
      if (nowMs - signAt < stuckMs + audioMs) continue;
      const inner = socket.innerOf(responseId);
      if (inner !== null) socket.inner.cancel(inner);
      this.#warn('response_stuck', 'A response had begun and did not go on; it is ended here.');
      this.#end(socket, { type: 'response_finished', responseId, status: 'failed', usage: noUsage });
    }
  }

  /** Everything ends. */
  end(sockets: readonly ProviderSocket[]): void {
    this.#wanted = this.#wanted.filter(({ responseId }) => responseId !== null);
    for (const socket of sockets) this.left(socket);
    this.#wanted = [];
  }

  #of(socket: ProviderSocket, innerResponseId: string): Wanted | undefined {
    return this.#wanted.find(({ on, begun }) => on?.socket === socket && begun === innerResponseId);
  }

  #tell(socket: ProviderSocket, innerResponseId: string, requestId: string | null, nowMs: number): void {
    const responseId = socket.outer(innerResponseId);
    socket.speaking.set(responseId, { signAt: nowMs, audioMs: 0 });
    this.#events({ type: 'response_started', responseId, requestId });
  }

  #end(socket: ProviderSocket, event: Extract<ProviderEvent, { type: 'response_finished' }>): void {
    if (!socket.speaking.delete(event.responseId)) {
      this.#unseen(event.usage);
      return;
    }
    this.#wanted = this.#wanted.filter(({ responseId }) => responseId !== event.responseId);
    this.#events(event);
  }

  #giveUp(wanted: Wanted): void {
    this.#wanted = this.#wanted.filter((other) => other !== wanted);
    const { requestId } = wanted;
    const responseId = `none.${requestId}`;
    this.#warn('response_stalled', 'Nothing came of a response, however often it was asked for.');
    this.#events({ type: 'response_started', responseId, requestId });
    this.#events({ type: 'response_finished', responseId, status: 'failed', usage: noUsage });
  }

  #unseen(usage: ProviderUsage): void {
    if (costs(usage)) this.#onUnseen(usage);
  }

  #warn(code: string, message: string): void {
    this.#events({ type: 'warning', code, message });
  }
}

const ask = (wanted: Wanted, socket: ProviderSocket, nowMs: number): void => {
  wanted.askedAt = nowMs;
  wanted.begun = null;
  wanted.on = { socket, innerId: socket.inner.requestResponse(wanted.request) };
};

const stop = ({ on, begun }: Wanted): void => on?.socket.inner.cancel(begun ?? on.innerId);
