import type { Clock } from '@parley/protocol';
import { noUsage, type ProviderEvents, type ProviderUsage, type ResponseStatus } from '../provider-event.ts';
import type { ResponseRequest } from '../realtime-provider.ts';
import { Recent } from './recent.ts';

/** A response that started and has not finished. */
export interface OpenResponse {
  readonly id: string;
  /** What the provider calls it; null as long as it did not say. */
  providerId: string | null;
  readonly requestId: string | null;
  /** Nothing of it is told any more but its end. */
  cancelled: boolean;
  giveUp: Disposable | null;
}

interface Request {
  readonly id: string;
  readonly request: ResponseRequest;
  /** How often the provider said that another response is active. */
  busy: number;
}

interface Asked {
  readonly request: Request;
  abandoned: boolean;
  giveUp: Disposable | null;
}

export interface SequencerOptions {
  readonly clock: Clock;
  readonly emit: ProviderEvents;
  readonly create: (id: string, request: ResponseRequest) => void;
  /** null: the response has no id yet. */
  readonly cancel: (responseId: string | null) => void;
}

/** How long a cancelled response may take to end. */
const cancelPatienceMs = 2_000;
const busyPauseMs = 1_000;
const mostBusy = 5;
const mostWaiting = 8;

/**
 * Never two responses at once: OpenAI refuses the second (`conversation_already_has_active_response`). Requests wait for the end of what
 * is under way; each response that starts ends exactly once, whatever the provider sends, sends twice, or does not send.
 */
export class ResponseSequencer {
  readonly #options: SequencerOptions;
  readonly #open = new Map<string, OpenResponse>();
  readonly #ended = new Recent<true>(128);
  /** Ended here before the provider did: what they cost is not told yet. */
  readonly #unpaid = new Recent<true>(32);
  #waiting: Request[] = [];
  #asked: Asked | null = null;
  #pause: Disposable | null = null;
  #unnamed = 0;
  #over = false;

  constructor(options: SequencerOptions) {
    this.#options = options;
  }

  /** Asks for a response as soon as none is under way. */
  request(id: string, request: ResponseRequest): void {
    if (this.#over) return;
    this.#waiting.push({ id, request, busy: 0 });
    const tooMany = this.#waiting.length > mostWaiting ? this.#waiting.shift() : undefined;
    if (tooMany !== undefined) this.#fail(tooMany.id, 'response_queue_full', `more than ${mostWaiting} requests wait`);
    this.#next();
  }

  /** The provider began a response. `requestId`: which one it is, where the provider repeats what we sent along. */
  started(responseId: string | null, requestId: string | null): OpenResponse | null {
    const id = responseId ?? this.#nameless();
    if (this.#over || this.#ended.has(id)) return null;
    const known = this.#named(id);
    if (known !== undefined) return known;
    const asked =
      this.#asked !== null && (requestId ?? this.#asked.request.id) === this.#asked.request.id ? this.#asked : null;
    if (asked !== null) this.#settleAsked();
    // It names a request that was given up as one that never becomes a response: nobody wants it, and it is not another's.
    const isLate = requestId !== null && asked === null;
    const response: OpenResponse = {
      id,
      providerId: responseId,
      requestId: asked?.request.id ?? requestId,
      cancelled: false,
      giveUp: null,
    };
    this.#open.set(id, response);
    this.#options.emit({ type: 'response_started', responseId: id, requestId: response.requestId });
    if (isLate || asked?.abandoned === true) this.#cancelOpen(response);
    return response;
  }

  /**
   * The response that content belongs to; content may come before its response is said to have started. `null` as id: the only one there
   * is, where a provider does not name it; what comes between two of them is late and belongs to none.
   * @returns null where it belongs to none that is still open
   */
  of(responseId: string | null): OpenResponse | null {
    if (responseId !== null) return this.started(responseId, null);
    const [only = null] = this.#open.values();
    return only;
  }

  /** The provider ended a response. */
  finished(response: OpenResponse, status: ResponseStatus, usage: ProviderUsage): void {
    this.#finish(response, status, usage);
  }

  /** The provider told late what a response cost. @returns whether it is told for the first time, of one that was ended here before */
  paidLate(responseId: string | null): boolean {
    if (responseId === null || !this.#unpaid.has(responseId)) return false;
    this.#unpaid.delete(responseId);
    return true;
  }

  /** Stops a response, or a request that has none yet. */
  cancel(id: string): void {
    const open = this.#open.get(id) ?? [...this.#open.values()].find((one) => one.requestId === id);
    if (open !== undefined) this.#cancelOpen(open);
    else if (this.#asked?.request.id === id) this.#abandon(this.#asked);
    else this.#waiting = this.#waiting.filter((request) => request.id !== id);
  }

  /** The provider knows of nothing to cancel: what we cancelled is over. */
  nothingToCancel(): void {
    for (const response of [...this.#open.values()]) {
      if (response.cancelled) this.#giveUp(response);
    }
    if (this.#asked?.abandoned === true) {
      this.#settleAsked();
      this.#next();
    }
  }

  /** The provider refused a request. @returns whether it is one of ours that was under way */
  refused(requestId: string, code: string, message: string): boolean {
    if (this.#asked?.request.id !== requestId) return false;
    this.#settleAsked();
    this.#fail(requestId, code, message);
    this.#next();
    return true;
  }

  /** The provider says that another response is active: ours is asked for again when that one is over. */
  busy(): void {
    const asked = this.#asked;
    if (asked === null) return;
    this.#settleAsked();
    const { request } = asked;
    request.busy += 1;
    if (asked.abandoned) this.#next();
    else if (request.busy > mostBusy) {
      this.#fail(request.id, 'response_busy', 'the provider goes on saying that another response is active');
      this.#next();
    } else {
      this.#waiting.unshift(request);
      this.#pause?.[Symbol.dispose]();
      this.#pause = this.#options.clock.setTimeout(() => this.#resume(), busyPauseMs);
    }
  }

  /** The socket is gone: what is open ends now, what waits is forgotten. */
  end(code: string, reason: string): void {
    this.#settleAsked();
    this.#waiting = [];
    this.#pause?.[Symbol.dispose]();
    for (const response of [...this.#open.values()]) {
      if (response.cancelled || code === 'closed') this.#finish(response, 'cancelled', noUsage);
      else {
        this.#options.emit({ type: 'warning', code, message: `a response broke off: ${reason}` });
        this.#finish(response, 'failed', noUsage);
      }
    }
    this.#over = true;
  }

  #next(): void {
    if (this.#over || this.#asked !== null || this.#open.size > 0 || this.#pause !== null) return;
    const request = this.#waiting.shift();
    if (request === undefined) return;
    this.#asked = { request, abandoned: false, giveUp: null };
    this.#options.create(request.id, request.request);
  }

  #resume(): void {
    this.#pause?.[Symbol.dispose]();
    this.#pause = null;
    this.#next();
  }

  #cancelOpen(response: OpenResponse): void {
    if (response.cancelled) return;
    response.cancelled = true;
    response.giveUp = this.#options.clock.setTimeout(() => this.#giveUp(response), cancelPatienceMs);
    this.#options.cancel(response.providerId);
  }

  #giveUp(response: OpenResponse): void {
    if (response.providerId !== null) this.#unpaid.set(response.providerId, true);
    this.#finish(response, 'cancelled', noUsage);
  }

  #abandon(asked: Asked): void {
    if (asked.abandoned) return;
    asked.abandoned = true;
    asked.giveUp = this.#options.clock.setTimeout(() => {
      this.#settleAsked();
      this.#next();
    }, cancelPatienceMs);
    this.#options.cancel(null);
  }

  #finish(response: OpenResponse, status: ResponseStatus, usage: ProviderUsage): void {
    if (!this.#open.delete(response.id)) return;
    response.giveUp?.[Symbol.dispose]();
    this.#ended.set(response.id, true);
    if (response.providerId !== null) this.#ended.set(response.providerId, true);
    const told = response.cancelled && status !== 'failed' ? 'cancelled' : status;
    this.#options.emit({ type: 'response_finished', responseId: response.id, status: told, usage });
    if (this.#open.size === 0) this.#resume();
  }

  /** A request that never becomes a response is told as one that failed. */
  #fail(requestId: string, code: string, message: string): void {
    const responseId = `refused_${requestId}`;
    this.#options.emit({ type: 'warning', code, message });
    this.#options.emit({ type: 'response_started', responseId, requestId });
    this.#options.emit({ type: 'response_finished', responseId, status: 'failed', usage: noUsage });
  }

  #settleAsked(): void {
    this.#asked?.giveUp?.[Symbol.dispose]();
    this.#asked = null;
  }

  /** The open response of a provider's id; one whose content came without a name takes the first name that comes. */
  #named(providerId: string): OpenResponse | undefined {
    for (const response of this.#open.values()) {
      response.providerId ??= providerId;
      if (response.providerId === providerId) return response;
    }
    return undefined;
  }

  #nameless(): string {
    this.#unnamed += 1;
    return `unnamed_${this.#unnamed}`;
  }
}
