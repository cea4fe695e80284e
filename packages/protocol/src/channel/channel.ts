import type { Readable, Writable } from 'node:stream';
import { notificationSpec, peerOf, requestSpec } from '../catalogue/lookup.ts';
import type { NotificationSpec } from '../catalogue/notifications.ts';
import type { RequestSpec } from '../catalogue/requests.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Frame } from '../frame/frame.ts';
import { FrameDecoder } from '../frame/frame-decoder.ts';
import type {
  NotificationName,
  NotificationParams,
  Peer,
  RequestName,
  RequestParams,
  RequestResult,
  Side,
} from '../messages.ts';
import { fromWireError, ProtocolError, toWireError, type WireError } from '../protocol-error.ts';
import { type ChannelReport, Complaints, departures, shortName, wordsOf } from './complaints.ts';
import { FrameWriter } from './frame-writer.ts';
import { Inbox } from './inbox.ts';
import type { LinkEnd } from './link-end.ts';
import { PendingRequests } from './pending-requests.ts';
import { control, type Route, routeOf } from './route.ts';

export interface ChannelOptions<S extends Side> {
  /** Which side this end is. */
  readonly side: S;
  readonly readable: Readable;
  readonly writable: Writable;
  readonly clock?: Clock;
  /** Hears what is odd; must not throw. */
  readonly report?: (report: ChannelReport) => void;
  /** Control frames that may wait for a slow reader. */
  readonly maxQueued?: number;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Instead of the deadline the catalogue names, milliseconds. */
  readonly deadlineMs?: number;
}

/** Milliseconds `end()` waits for a slow reader, and a link whose output is gone for the peer's last words. */
export const drainMs = 1_000;

type Handler = (params: never) => unknown;
interface Listener {
  readonly call: (params: never) => void;
}

/**
 * One end of the link between supervisor and voxproc: typed requests and notifications over a pair of byte streams. Everything that
 * arrives is validated once, here, and delivered in its order: what follows an answer is seen after the code that awaited the answer
 * went on. The link ends once, for one reason (`closed`); nothing is sent or delivered after that.
 */
export class Channel<S extends Side> implements AsyncDisposable {
  readonly side: S;
  readonly closed: Promise<LinkEnd>;
  readonly counters = { sent: 0, received: 0, unknown: 0, invalid: 0, early: 0 };
  #peer: Peer<S>;
  #readable: Readable;
  #clock: Clock;
  #decoder = new FrameDecoder();
  #writer: FrameWriter;
  #pending: PendingRequests;
  #inbox = new Inbox();
  #complaints: Complaints;
  #handlers = new Map<string, Handler>();
  #listeners = new Map<string, Set<Listener>>();
  #welcomed = false;
  #state: 'open' | 'closing' | 'closed' = 'open';
  #ending: Promise<void> | null = null;
  /** Set while the output is gone and the peer's last words are awaited. */
  #gone: { readonly end: LinkEnd; readonly timer: Disposable } | null = null;
  #end = Promise.withResolvers<LinkEnd>();
  #refusedSpeech = 0;

  constructor({ side, readable, writable, clock = systemClock, report, maxQueued }: ChannelOptions<S>) {
    this.side = side;
    this.closed = this.#end.promise;
    this.#peer = peerOf(side);
    this.#readable = readable;
    this.#clock = clock;
    this.#complaints = new Complaints(report);
    const overflow = (payload: object): Frame => ({
      kind: 'notification',
      type: 'capture.overflow',
      id: null,
      payload,
    });
    this.#writer = new FrameWriter({ writable, clock, maxQueued, overflow, onGone: this.#onGone });
    this.#pending = new PendingRequests(clock);
    readable.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onEnd).on('error', this.#onReadError);
    if (readable.readableEnded || readable.destroyed) this.#onEnd();
  }

  /** Frames that wait because the peer does not read. */
  get queued(): number {
    return this.#writer.queued;
  }

  /** Whether more than half of what may wait for a slow reader does; only the newest of frequent messages are kept then. */
  get crowded(): boolean {
    return this.#writer.crowded;
  }

  /**
   * Coalesced frames that were replaced by newer ones, answers that came too late or to nothing, milliseconds of captured audio that a
   * slow reader missed, and frames of speech that were refused because far more waited than any credit allows.
   */
  get dropped(): { coalesced: number; lateAnswers: number; captureMs: number; speech: number } {
    return {
      coalesced: this.#writer.replaced,
      lateAnswers: this.#pending.lateAnswers,
      captureMs: this.#writer.capture.droppedMs,
      speech: this.#refusedSpeech,
    };
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Declares the handshake done: from now on everything is valid. Called by `handshake.ts`. */
  welcome(): void {
    this.#welcomed = true;
  }

  /**
   * Sends a request and waits for its answer.
   * @throws ProtocolError: the peer's code, or `deadline_exceeded`, `aborted`, `link_closed`, `invalid_payload`.
   */
  async request<N extends RequestName<S>>(
    name: N,
    params: RequestParams<S, N>,
    options: RequestOptions = {},
  ): Promise<RequestResult<S, N>> {
    if (!this.isOpen) throw new ProtocolError('link_closed', `${name}: the link has ended`);
    const spec = requestSpec(this.side, name) as RequestSpec;
    const answer = await this.#pending.open(name, options.deadlineMs ?? spec.deadlineMs, options.signal, (id) =>
      this.#send({ kind: 'request', type: name, id, payload: params }),
    );
    const parsed = spec.result.safeParse(answer ?? {});
    if (parsed.success) return parsed.data as RequestResult<S, N>;
    throw new ProtocolError(
      'invalid_payload',
      `${name}: the answer does not match its schema: ${departures(parsed.error)}`,
    );
  }

  /**
   * Sends a notification; after the end of the link it is dropped. One that cannot be encoded is reported, not thrown.
   * @param audioMs how long the audio it carries is
   */
  notify<N extends NotificationName<S>>(name: N, params: NotificationParams<S, N>, audioMs = 20): void {
    const { lane } = notificationSpec(this.side, name) as NotificationSpec;
    try {
      this.#send(
        { kind: 'notification', type: name, id: null, payload: params },
        routeOf(name, lane, params as object, audioMs),
      );
    } catch (error) {
      this.#complaints.add('send_failed', name, wordsOf(error));
    }
  }

  /** Gives up what waits of a person's captured audio: nobody may hear it any more. @returns milliseconds of it */
  discardAudio(userId: string): number {
    return this.#writer.capture.discard(userId);
  }

  /** Resolves when nothing of a person's captured audio waits for a slow reader any more, or the link has ended. */
  async audioTaken(userId: string): Promise<void> {
    await this.#writer.capture.taken(userId);
  }

  /** Answers a request of the peer. A ProtocolError thrown by the handler is the refusal; anything else becomes `internal`. */
  onRequest<N extends RequestName<Peer<S>>>(
    name: N,
    handler: (params: RequestParams<Peer<S>, N>) => RequestResult<Peer<S>, N> | Promise<RequestResult<Peer<S>, N>>,
  ): Disposable {
    if (this.#handlers.has(name)) throw new TypeError(`onRequest: ${name} has a handler already`);
    this.#handlers.set(name, handler as Handler);
    return {
      [Symbol.dispose]: () => {
        if (this.#handlers.get(name) === handler) this.#handlers.delete(name);
      },
    };
  }

  /** Listens to a notification of the peer. */
  onNotification<N extends NotificationName<Peer<S>>>(
    name: N,
    listener: (params: NotificationParams<Peer<S>, N>) => void,
  ): Disposable {
    const entry: Listener = { call: listener };
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(entry));
    return { [Symbol.dispose]: () => void listeners.delete(entry) };
  }

  /**
   * Sends what waits, then ends this side; the peer sees the end of its input. Requests not answered by then are rejected, and so are
   * those of the peer this side has not answered. Resolves when all bytes were taken, at the latest after 1 s: what a peer that does
   * not read has left by then is given up and reported.
   */
  end(): Promise<void> {
    this.#ending ??= this.isOpen ? this.#finish() : this.closed.then(() => {});
    return this.#ending;
  }

  /** Ends the link at once: pending requests are rejected, nothing more is sent. The peer sees the end of its input. */
  close(): void {
    this.#close({ kind: 'closed' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.closed;
  }

  async #finish(): Promise<void> {
    this.#state = 'closing';
    const left = await this.#writer.finish(drainMs);
    if (left > 0) this.#complaints.add('undelivered', 'end', `the peer took nothing for ${drainMs} ms`);
    this.#close({ kind: 'closed' });
  }

  #send(frame: Frame, route: Route = control): void {
    if (!this.isOpen) return;
    const outcome = this.#writer.send(frame, route);
    if (outcome === 'refused') {
      this.#refusedSpeech += 1;
      this.#complaints.add('speech_refused', frame.type, 'far more speech waits for the peer than it grants');
      return;
    }
    this.counters.sent += 1;
    if (outcome !== 'overflow') return;
    this.#close({ kind: 'overflow', message: `the peer does not read: ${this.queued} frames were waiting` });
  }

  #onData = (chunk: Uint8Array): void => {
    try {
      for (const frame of this.#decoder.push(chunk)) this.#receive(frame);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#readable.off('data', this.#onData).resume();
      this.#endInTurn({ kind: 'garbage', message });
    }
  };

  #onEnd = (): void => this.#endInTurn({ kind: 'ended' });
  #onReadError = (error: Error): void => this.#endInTurn({ kind: 'read_failed', message: error.message });

  /** The output is gone; a peer that died may still have said why. */
  #onGone = (end: LinkEnd): void => {
    this.#state = 'closing';
    this.#gone = { end, timer: this.#clock.setTimeout(() => this.#close(end), drainMs) };
    if (this.#readable.readableEnded || this.#readable.destroyed) this.#endInTurn(end);
  };

  /** Ends the link after everything that arrived before; while `end()` drains, its end is the one that counts. */
  #endInTurn(end: LinkEnd): void {
    this.#inbox.push(() => {
      if (this.#ending === null) this.#close(this.#gone?.end ?? end);
    });
  }

  #receive(frame: Frame): void {
    this.counters.received += 1;
    const { kind, payload } = frame;
    const id = frame.id as number;
    if ((kind === 'response' || kind === 'error') && !this.#pending.claim(id)) return;
    if (kind === 'response') this.#inbox.push(() => this.#pending.answer(id, payload), true);
    else if (kind === 'error') {
      this.#inbox.push(() => this.#pending.refuse(id, (name) => fromWireError(name, payload)), true);
    } else this.#inbox.push(() => (kind === 'request' ? void this.#serve(frame) : this.#dispatch(frame)));
  }

  /** Never rejects: each failure is the request's answer. */
  async #serve({ type, id, payload }: Frame): Promise<void> {
    if (!this.isOpen) return;
    try {
      const result = await this.#answer(type, payload);
      this.#send({ kind: 'response', type, id, payload: result });
    } catch (error) {
      if (!(error instanceof ProtocolError)) this.#complaints.add('handler_failed', type, wordsOf(error));
      this.#refuse(type, id, toWireError(error));
    }
  }

  #answer(type: string, payload: unknown): unknown {
    const name = shortName(type);
    if (!this.#welcomed && type !== 'hello') throw new ProtocolError('not_welcome', `${name} before the handshake`);
    const spec = requestSpec(this.#peer, type);
    const handler = this.#handlers.get(type);
    if (!spec || !handler) throw new ProtocolError('unknown_type', `${name} is not a request this side answers`);
    const params = spec.params.safeParse(payload ?? {});
    if (params.success) return handler(params.data as never);
    this.counters.invalid += 1;
    throw new ProtocolError('invalid_payload', departures(params.error));
  }

  #refuse(type: string, id: number | null, wire: WireError): void {
    try {
      this.#send({ kind: 'error', type, id, payload: wire });
    } catch (error) {
      this.#complaints.add('send_failed', type, wordsOf(error));
      const message = wire.message.slice(0, 1_000);
      this.#send({ kind: 'error', type: shortName(type), id, payload: { code: wire.code, message } });
    }
  }

  #dispatch({ type, payload }: Frame): void {
    const spec = notificationSpec(this.#peer, type);
    if (!this.#welcomed) this.#complain('early', 'early', type, 'sent before the handshake');
    else if (!spec) this.#complain('unknown', 'unknown_notification', type, 'this side does not know it');
    else {
      const params = spec.params.safeParse(payload ?? {});
      if (params.success) this.#tell(type, params.data);
      else this.#complain('invalid', 'invalid_notification', type, departures(params.error));
    }
  }

  /** Tells the listeners of this moment; one that another has just removed hears nothing. */
  #tell(type: string, params: unknown): void {
    const listeners = this.#listeners.get(type);
    for (const listener of [...(listeners ?? [])]) {
      if (!listeners?.has(listener) || this.#state === 'closed') continue;
      try {
        listener.call(params as never);
      } catch (error) {
        this.#complaints.add('listener_failed', type, wordsOf(error));
      }
    }
  }

  #complain(
    counter: 'early' | 'unknown' | 'invalid',
    what: ChannelReport['what'],
    type: string,
    message: string,
  ): void {
    this.counters[counter] += 1;
    this.#complaints.add(what, type, message);
  }

  #close(end: LinkEnd): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#gone?.timer[Symbol.dispose]();
    this.#inbox[Symbol.dispose]();
    this.#writer.stop();
    // What the peer still says is read away, so that it never blocks on a link that is over.
    this.#readable.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onEnd).resume();
    // A side that ended the link by itself is not held by an input it does not hear; after a failure the input's end may still matter.
    if (end.kind === 'closed') (this.#readable as Readable & { unref?: () => void }).unref?.();
    this.#pending.rejectAll(end.kind === 'closed' ? 'the link was closed' : `the link ended (${end.kind})`);
    this.#end.resolve(end);
  }
}
