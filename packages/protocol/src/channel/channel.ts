import type { Readable, Writable } from 'node:stream';
import type { NotificationSpec } from '../catalogue/notifications.ts';
import type { RequestSpec } from '../catalogue/requests.ts';
import { type Clock, systemClock } from '../clock.ts';
import { encodeFrame, type Frame } from '../frame/frame.ts';
import { FrameDecoder } from '../frame/frame-decoder.ts';
import {
  catalogue,
  type NotificationName,
  type NotificationParams,
  type Peer,
  type RequestName,
  type RequestParams,
  type RequestResult,
  type Side,
} from '../messages.ts';
import { fromWireError, ProtocolError, toWireError } from '../protocol-error.ts';
import type { LinkEnd } from './link-end.ts';
import { Outbox } from './outbox.ts';
import { PendingRequests } from './pending-requests.ts';

/** What an operator may want to hear of a link; none of it ends anything. */
export interface ChannelReport {
  readonly what: 'unknown_notification' | 'invalid_notification' | 'listener_failed' | 'handler_failed' | 'early';
  readonly type: string;
  readonly message: string;
}

export interface ChannelOptions<S extends Side> {
  /** Which side this end is. */
  readonly side: S;
  readonly readable: Readable;
  readonly writable: Writable;
  readonly clock?: Clock;
  readonly report?: (report: ChannelReport) => void;
  /** Control frames that may wait for a slow reader. */
  readonly maxQueued?: number;
}

export interface RequestOptions {
  readonly signal?: AbortSignal;
  /** Instead of the deadline the catalogue names, milliseconds. */
  readonly deadlineMs?: number;
}

type Handler = (params: never) => unknown;
type Listener = (params: never) => void;

/**
 * One end of the link between supervisor and voxproc: typed requests and notifications over a pair of byte streams. Everything that
 * arrives is validated once, here. Notifications and requests are delivered in their order, after the answers that precede them.
 * The link ends once, for one reason (`closed`); nothing is sent or delivered after that.
 */
export class Channel<S extends Side> implements AsyncDisposable {
  readonly side: S;
  readonly closed: Promise<LinkEnd>;
  readonly counters = { sent: 0, received: 0, unknown: 0, invalid: 0, early: 0 };
  #options: ChannelOptions<S>;
  #decoder = new FrameDecoder();
  #outbox: Outbox;
  #pending: PendingRequests;
  #handlers = new Map<string, Handler>();
  #listeners = new Map<string, Set<Listener>>();
  #reported = new Set<string>();
  #inbox: (() => void)[] = [];
  #scheduled = false;
  #state: 'greeting' | 'open' | 'closing' | 'closed' = 'greeting';
  #end = Promise.withResolvers<LinkEnd>();

  constructor(options: ChannelOptions<S>) {
    this.side = options.side;
    this.closed = this.#end.promise;
    this.#options = options;
    this.#outbox = new Outbox(options.maxQueued);
    this.#pending = new PendingRequests(options.clock ?? systemClock);
    options.readable
      .on('data', this.#onData)
      .on('end', this.#onEnd)
      .on('close', this.#onEnd)
      .on('error', this.#onReadError);
    options.writable.on('drain', this.#onDrain).on('error', this.#onWriteError);
  }

  /** Frames that wait because the peer does not read. */
  get queued(): number {
    return this.#outbox.size;
  }

  /** Coalesced frames that were replaced by newer ones, and answers that came too late. */
  get dropped(): { coalesced: number; lateAnswers: number } {
    return { coalesced: this.#outbox.replaced, lateAnswers: this.#pending.lateAnswers };
  }

  get isOpen(): boolean {
    return this.#state === 'greeting' || this.#state === 'open';
  }

  /** Declares the handshake done: from now on everything is valid. Called by `handshake.ts`. */
  welcome(): void {
    if (this.#state === 'greeting') this.#state = 'open';
  }

  /**
   * Sends a request and waits for its answer.
   * @throws ProtocolError: the peer's code, or `deadline_exceeded`, `aborted`, `link_closed`.
   */
  async request<N extends RequestName<S>>(
    name: N,
    params: RequestParams<S, N>,
    options: RequestOptions = {},
  ): Promise<RequestResult<S, N>> {
    if (!this.isOpen) throw new ProtocolError('link_closed', `${name}: the link has ended`);
    const spec = this.#requestSpec(this.side, name) as RequestSpec;
    const answer = await this.#pending.open(name, options.deadlineMs ?? spec.deadlineMs, options.signal, (id) =>
      this.#send({ kind: 'request', type: name, id, payload: params }, null),
    );
    const parsed = spec.result.safeParse(answer);
    if (!parsed.success) {
      throw new ProtocolError(
        'invalid_payload',
        `${name}: the answer does not match its schema: ${parsed.error.message}`,
      );
    }
    return parsed.data as RequestResult<S, N>;
  }

  /** Sends a notification; after the end of the link it is dropped. */
  notify<N extends NotificationName<S>>(name: N, params: NotificationParams<S, N>): void {
    const spec = this.#notificationSpec(this.side, name) as NotificationSpec;
    const about = (params as { userId?: string; code?: string }).userId ?? (params as { code?: string }).code ?? '';
    const key = spec.lane === 'coalesced' ? `${name} ${about}` : null;
    this.#send({ kind: 'notification', type: name, id: null, payload: params }, key);
  }

  /** Answers a request of the peer. A ProtocolError thrown by the handler is the refusal; anything else becomes `internal`. */
  onRequest<N extends RequestName<Peer<S>>>(
    name: N,
    handler: (params: RequestParams<Peer<S>, N>) => RequestResult<Peer<S>, N> | Promise<RequestResult<Peer<S>, N>>,
  ): Disposable {
    if (this.#handlers.has(name)) throw new TypeError(`onRequest: ${name} has a handler already`);
    this.#handlers.set(name, handler as Handler);
    return { [Symbol.dispose]: () => void this.#handlers.delete(name) };
  }

  /** Listens to a notification of the peer. */
  onNotification<N extends NotificationName<Peer<S>>>(
    name: N,
    listener: (params: NotificationParams<Peer<S>, N>) => void,
  ): Disposable {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners.add(listener as Listener));
    return { [Symbol.dispose]: () => void listeners.delete(listener as Listener) };
  }

  /** Sends what waits, then ends this side. The peer sees the end of its input. Resolves when all bytes were taken. */
  async end(): Promise<void> {
    if (!this.isOpen) return;
    this.#state = 'closing';
    const { writable } = this.#options;
    await new Promise<void>((resolve) => {
      writable.once('close', resolve).once('error', () => resolve());
      this.#flush();
      const finish = () => (this.#outbox.size === 0 ? writable.end(resolve) : writable.once('drain', finish));
      finish();
    });
    this.#close({ kind: 'closed' });
  }

  /** Ends the link at once: pending requests are rejected, nothing more is sent. */
  close(): void {
    this.#close({ kind: 'closed' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.close();
    await this.closed;
  }

  #send(frame: Frame, key: string | null): void {
    if (this.#state === 'closed') return;
    const bytes = encodeFrame(frame);
    this.counters.sent += 1;
    const { writable } = this.#options;
    if (this.#outbox.size === 0 && !writable.writableNeedDrain) {
      writable.write(bytes);
      return;
    }
    if (this.#outbox.add(bytes, key) === 'overflow') {
      this.#close({ kind: 'overflow', message: `the peer does not read: ${this.#outbox.size} frames were waiting` });
    }
  }

  #flush(): void {
    const { writable } = this.#options;
    if (!writable.writableNeedDrain) this.#outbox.drain((frame) => writable.write(frame));
  }

  #onDrain = (): void => this.#flush();

  #onData = (chunk: Uint8Array): void => {
    if (this.#state === 'closed') return;
    try {
      for (const frame of this.#decoder.push(chunk)) this.#receive(frame);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.#deliver(() => this.#close({ kind: 'garbage', message }));
      this.#options.readable.off('data', this.#onData).resume();
    }
  };

  #onEnd = (): void => this.#deliver(() => this.#close({ kind: 'ended' }));
  #onReadError = (error: Error): void => this.#close({ kind: 'read_failed', message: error.message });
  #onWriteError = (error: Error): void => this.#close({ kind: 'write_failed', message: error.message });

  #receive(frame: Frame): void {
    this.counters.received += 1;
    if (frame.kind === 'response') this.#pending.answer(frame.id as number, frame.payload);
    else if (frame.kind === 'error') {
      this.#pending.refuse(frame.id as number, (request) => fromWireError(request, frame.payload));
    } else if (frame.kind === 'request') this.#deliver(() => void this.#serve(frame));
    else this.#deliver(() => this.#dispatch(frame));
  }

  /** Runs `task` one turn later, in order: continuations of answers that came before it run first. */
  #deliver(task: () => void): void {
    this.#inbox.push(task);
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      for (const next of this.#inbox.splice(0)) if (this.#state !== 'closed') next();
    });
  }

  async #serve({ type, id, payload }: Frame): Promise<void> {
    const spec = this.#requestSpec(this.#peer, type);
    const handler = this.#handlers.get(type);
    try {
      if (this.#state === 'greeting' && type !== 'hello') {
        throw new ProtocolError('not_welcome', `${type} before the handshake`);
      }
      if (!spec || !handler) throw new ProtocolError('unknown_type', `${type} is not a request this side answers`);
      const params = spec.params.safeParse(payload ?? {});
      if (!params.success) throw new ProtocolError('invalid_payload', params.error.message);
      const result = await handler(params.data as never);
      this.#send({ kind: 'response', type, id, payload: result }, null);
    } catch (error) {
      if (!(error instanceof ProtocolError))
        this.#report('handler_failed', type, String((error as Error)?.stack ?? error));
      this.#send({ kind: 'error', type, id, payload: toWireError(error) }, null);
    }
  }

  #dispatch({ type, payload }: Frame): void {
    const spec = this.#notificationSpec(this.#peer, type);
    if (this.#state === 'greeting') {
      this.counters.early += 1;
      this.#report('early', type, 'sent before the handshake');
      return;
    }
    if (!spec) {
      this.counters.unknown += 1;
      this.#report('unknown_notification', type, 'this side does not know it');
      return;
    }
    const params = spec.params.safeParse(payload);
    if (!params.success) {
      this.counters.invalid += 1;
      this.#report('invalid_notification', type, params.error.message);
      return;
    }
    for (const listener of this.#listeners.get(type) ?? []) {
      try {
        listener(params.data as never);
      } catch (error) {
        this.#report('listener_failed', type, String((error as Error)?.stack ?? error));
      }
    }
  }

  /** Unknown types are reported once each: a newer peer may send them often. */
  #report(what: ChannelReport['what'], type: string, message: string): void {
    if (what === 'unknown_notification' || what === 'early') {
      if (this.#reported.has(type)) return;
      this.#reported.add(type);
    }
    this.#options.report?.({ what, type, message });
  }

  get #peer(): Side {
    return this.side === 'supervisor' ? 'voxproc' : 'supervisor';
  }

  #requestSpec(side: Side, name: string): RequestSpec | undefined {
    const specs: Record<string, RequestSpec> = catalogue[side].requests;
    return Object.hasOwn(specs, name) ? specs[name] : undefined;
  }

  #notificationSpec(side: Side, name: string): NotificationSpec | undefined {
    const specs: Record<string, NotificationSpec> = catalogue[side].notifications;
    return Object.hasOwn(specs, name) ? specs[name] : undefined;
  }

  #close(end: LinkEnd): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    const { readable, writable } = this.#options;
    readable.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onEnd);
    writable.off('drain', this.#onDrain);
    this.#outbox.clear();
    this.#inbox = [];
    this.#pending.rejectAll(end.kind === 'closed' ? 'the link was closed' : `the link ended (${end.kind})`);
    this.#end.resolve(end);
  }
}
