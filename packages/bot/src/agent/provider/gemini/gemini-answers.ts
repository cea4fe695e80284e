import type { Clock } from '@parley/protocol';
import { noUsage, type ProviderEvents, type ProviderUsage, type ResponseStatus } from '../provider-event.ts';
import type { ResponseRequest } from '../realtime-provider.ts';

/** What the model was given to answer, and has not begun to. */
interface Asked {
  readonly by: 'turn' | 'tools' | 'request';
  requestId: string | null;
  modality: ResponseRequest['modality'];
}

/** A response that began and has not finished. */
export interface OpenAnswer extends Asked {
  readonly id: string;
  /** What it says, and what it writes. */
  said: string;
  written: string;
  readonly startedMs: number;
  audioMs: number;
  /** All of it came: the model waits until it may be heard. */
  generated: Disposable | null;
}

/**
 * What still comes of a model turn nobody waits for. `content`: more of it (`seen`: the model has begun it, so that whatever it is given next
 * interrupts it) · `end`: at most the news of its end · `nothing`.
 */
type Late =
  | { readonly kind: 'nothing' | 'end' }
  | { readonly kind: 'content'; readonly seen: boolean; readonly timer: Disposable };

interface Waiting {
  readonly id: string;
  readonly request: ResponseRequest;
}

export interface GeminiAnswersOptions {
  readonly clock: Clock;
  readonly emit: ProviderEvents;
  /** Gives the model what it is to answer. */
  readonly ask: (request: ResponseRequest) => void;
  /** Tokens paid for since it was asked last. */
  readonly usage: () => ProviderUsage;
}

/** How long a model turn nobody waits for may hold up what comes after it, and how long after its speech a response may be without an end. */
const patienceMs = 2_000;
const mostWaiting = 8;

/**
 * Which of the model's turns answers what. Gemini names none of them: they come in the order in which they were asked for, each ends with
 * `turnComplete`, and one that new input stops ends with `interrupted` before (Google's Live API reference, "BidiGenerateContentServerContent").
 */
export class GeminiAnswers {
  readonly #options: GeminiAnswersOptions;
  #open: OpenAnswer | null = null;
  #asked: Asked | null = null;
  #late: Late = { kind: 'nothing' };
  #waiting: Waiting[] = [];
  #counted = 0;
  #over = false;

  constructor(options: GeminiAnswersOptions) {
    this.#options = options;
  }

  /** The model answers, or is about to: what it is given now would stop it. */
  get isUnderWay(): boolean {
    return this.#open !== null || this.#asked !== null;
  }

  /** An answer is wanted: the one that is coming by itself where nobody asked for it yet, another one otherwise. */
  request(id: string, request: ResponseRequest): void {
    if (this.#over) return;
    if (this.#asked !== null && this.#asked.by !== 'request' && this.#asked.requestId === null) {
      Object.assign(this.#asked, { requestId: id, modality: request.modality });
      return;
    }
    this.#waiting.push({ id, request });
    const tooMany = this.#waiting.length > mostWaiting ? this.#waiting.shift() : undefined;
    if (tooMany !== undefined)
      this.#refuse(tooMany.id, 'response_queue_full', `more than ${mostWaiting} requests wait`);
    this.#next();
  }

  /** The model was given a turn of speech, or results of tools, and answers by itself. */
  given(by: 'turn' | 'tools'): void {
    if (this.#over) return;
    if (this.#open !== null) {
      // Results that come while it speaks are part of what it says.
      if (by === 'tools') return;
      this.#leave(this.#open);
    }
    this.#supersede();
    this.#asked = { by, requestId: null, modality: 'audio' };
  }

  /** The model was given a turn that nobody wants an answer to. */
  givenInVain(): void {
    if (this.#over) return;
    if (this.#open !== null) this.#leave(this.#open);
    this.#supersede();
    this.#lateContent(false);
  }

  /** Something of an answer came. @returns null where nobody waits for it */
  content(): OpenAnswer | null {
    if (this.#over) return null;
    if (this.#late.kind === 'content') {
      const { seen } = this.#late;
      this.#lateContent(true);
      if (!seen) this.#next();
      return null;
    }
    if (this.#open === null && this.#asked !== null) this.#start(this.#asked);
    return this.#open;
  }

  /** All of the answer was generated; `turnComplete` comes when it may have been heard. */
  generated(): void {
    const open = this.#open;
    if (open === null || open.generated !== null || this.#late.kind === 'content') return;
    const sinceMs = this.#nowMs - open.startedMs;
    open.generated = this.#options.clock.setTimeout(
      () => this.#finish(open, 'completed'),
      Math.max(0, open.audioMs - sinceMs) + patienceMs,
    );
  }

  /** New input stopped the model. */
  interrupted(): void {
    if (this.#late.kind === 'content') {
      this.#settleLate('end');
      this.#next();
    } else if (this.#open !== null) {
      this.#late = { kind: 'end' };
      this.#finish(this.#open, 'cancelled');
    }
  }

  /** The model's turn is over. */
  complete(status: ResponseStatus): void {
    if (this.#over) return;
    if (this.#late.kind !== 'nothing') {
      this.#settleLate('nothing');
      this.#tellLateUsage();
    } else {
      // An answer of nothing is one all the same.
      const open = this.content();
      if (open !== null) this.#finish(open, status);
    }
    this.#next();
  }

  /** The model waits for results of tools before it goes on: what it said until here is whole. */
  calledTools(open: OpenAnswer): void {
    this.#finish(open, 'completed');
  }

  /** Nothing more is told of an answer; of a request, it is taken back. */
  cancel(id: string): void {
    if (this.#open !== null && (this.#open.id === id || this.#open.requestId === id)) {
      this.#leave(this.#open);
    } else if (this.#asked !== null && this.#asked.requestId === id) {
      this.#asked = null;
      this.#lateContent(false);
    } else this.#waiting = this.#waiting.filter((one) => one.id !== id);
    this.#next();
  }

  /** The provider refused what it was given. @returns whether there was something */
  refused(): boolean {
    if (this.#open === null && this.#asked !== null) this.#start(this.#asked);
    if (this.#open === null) return false;
    this.#finish(this.#open, 'failed');
    return true;
  }

  /** The socket is gone: what is open ends now, what waits is forgotten. */
  end(code: string, reason: string): void {
    this.#waiting = [];
    this.#asked = null;
    this.#settleLate('nothing');
    this.#over = true;
    const open = this.#open;
    if (open !== null && code !== 'closed') {
      this.#options.emit({ type: 'warning', code, message: `a response broke off: ${reason}` });
    }
    if (open !== null) this.#finish(open, code === 'closed' ? 'cancelled' : 'failed');
    this.#tellLateUsage();
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }

  #next(): void {
    const mustWait = this.#late.kind === 'content' && !this.#late.seen;
    if (this.#over || this.isUnderWay || mustWait) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    if (this.#late.kind === 'content') this.#lateContent(true);
    this.#asked = { by: 'request', requestId: next.id, modality: next.request.modality };
    this.#options.ask(next.request);
  }

  #start(asked: Asked): void {
    this.#asked = null;
    if (this.#late.kind === 'end') this.#late = { kind: 'nothing' };
    this.#counted += 1;
    const id = `response_${this.#counted}`;
    const empty = { said: '', written: '', audioMs: 0, generated: null };
    this.#open = { ...asked, ...empty, id, startedMs: this.#nowMs };
    this.#options.emit({ type: 'response_started', responseId: id, requestId: asked.requestId });
  }

  #finish(open: OpenAnswer, status: ResponseStatus): void {
    if (this.#open !== open) return;
    this.#open = null;
    open.generated?.[Symbol.dispose]();
    const { emit, usage } = this.#options;
    const text = (open.said || open.written).trim();
    if (status !== 'cancelled' && text !== '') {
      emit({ type: 'output_transcript', responseId: open.id, itemId: itemOf(open), text, final: true });
    }
    emit({ type: 'response_finished', responseId: open.id, status, usage: usage() });
    this.#next();
  }

  /** What was paid for besides the responses that were told. */
  #tellLateUsage(): void {
    const usage = this.#options.usage();
    if (Object.values(usage).some((count) => count > 0)) this.#options.emit({ type: 'late_usage', usage });
  }

  /** What still comes of an answer under way is for nobody. */
  #leave(open: OpenAnswer): void {
    this.#lateContent(true);
    this.#finish(open, 'cancelled');
  }

  /** What was asked for before is not answered any more. */
  #supersede(): void {
    const before = this.#asked;
    if (before === null) return;
    this.#asked = null;
    if (this.#late.kind !== 'content') this.#lateContent(false);
    if (before.requestId !== null) {
      this.#refuse(before.requestId, 'response_superseded', 'a new turn came before the answer began');
    }
  }

  /** A request that never becomes a response is told as one that failed. */
  #refuse(requestId: string, code: string, message: string): void {
    const responseId = `refused_${requestId}`;
    this.#options.emit({ type: 'warning', code, message });
    this.#options.emit({ type: 'response_started', responseId, requestId });
    this.#options.emit({ type: 'response_finished', responseId, status: 'failed', usage: noUsage });
  }

  #lateContent(seen: boolean): void {
    this.#settleLate('nothing');
    const timer = this.#options.clock.setTimeout(() => {
      this.#late = { kind: 'end' };
      this.#next();
    }, patienceMs);
    this.#late = { kind: 'content', seen, timer };
  }

  #settleLate(kind: 'nothing' | 'end'): void {
    if (this.#late.kind === 'content') this.#late.timer[Symbol.dispose]();
    this.#late = { kind };
  }
}

/** A response says one thing. */
export const itemOf = ({ id }: OpenAnswer): string => `item_of_${id}`;
