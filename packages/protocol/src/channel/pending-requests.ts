import type { Clock } from '../clock.ts';
import { ProtocolError } from '../protocol-error.ts';

interface Waiting {
  readonly request: string;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: ProtocolError) => void;
  readonly release: DisposableStack;
  /** Its answer has come and waits for its turn. */
  claimed: boolean;
}

/** Requests on their way: each ends exactly once, by its answer, its deadline, its signal, or the end of the link. */
export class PendingRequests {
  #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #clock: Clock;
  /** Answers to no request that waits for one: it had ended, was answered before, or was never asked. */
  lateAnswers = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#waiting.size;
  }

  /** Opens a request; `send` gets its id. What `send` throws is the request's failure. */
  open(
    request: string,
    deadlineMs: number,
    signal: AbortSignal | undefined,
    send: (id: number) => void,
  ): Promise<unknown> {
    const id = this.#nextId;
    this.#nextId = id >= 0x7fff_ffff ? 1 : id + 1;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const release = new DisposableStack();
    this.#waiting.set(id, { request, resolve, reject, release, claimed: false });
    release.use(
      this.#clock.setTimeout(
        () => this.#fail(id, new ProtocolError('deadline_exceeded', `${request}: no answer within ${deadlineMs} ms`)),
        deadlineMs,
      ),
    );
    if (signal) {
      const abort = () => this.#fail(id, new ProtocolError('aborted', `${request}: given up by the caller`));
      signal.addEventListener('abort', abort, { once: true });
      release.defer(() => signal.removeEventListener('abort', abort));
      if (signal.aborted) abort();
    }
    try {
      if (this.#waiting.has(id)) send(id);
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause);
      this.#fail(id, new ProtocolError('invalid_payload', `${request}: ${why}`, {}, { cause }));
    }
    return promise;
  }

  /** An answer came. Once for each request that waits: a peer that answers what was not asked fills no queue. */
  claim(id: number): boolean {
    const waiting = this.#waiting.get(id);
    if (!waiting || waiting.claimed) {
      this.lateAnswers += 1;
      return false;
    }
    waiting.claimed = true;
    return true;
  }

  answer(id: number, result: unknown): void {
    this.#take(id)?.resolve(result);
  }

  refuse(id: number, error: (request: string) => ProtocolError): void {
    const waiting = this.#take(id);
    waiting?.reject(error(waiting.request));
  }

  rejectAll(why: string): void {
    for (const [id, { request }] of [...this.#waiting]) {
      this.#fail(id, new ProtocolError('link_closed', `${request}: ${why}`));
    }
  }

  #fail(id: number, error: ProtocolError): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    this.#waiting.delete(id);
    waiting.release.dispose();
    waiting.reject(error);
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    if (!waiting) {
      this.lateAnswers += 1;
      return undefined;
    }
    this.#waiting.delete(id);
    waiting.release.dispose();
    return waiting;
  }
}
