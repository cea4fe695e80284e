import type { Clock } from '@parley/protocol';
import type { Logger } from '../../../log.ts';
import type { Background } from '../../../vox/background.ts';
import { ProviderConnectError } from '../provider-connect-error.ts';
import { type CloseCode, closeCodes, type ProviderEvent } from '../provider-event.ts';
import type { ProviderConfig, RealtimeProvider } from '../realtime-provider.ts';
import { type Paid, toldEveryMs } from './paid.ts';
import { ProviderSocket } from './provider-socket.ts';
import { reconnectAfter, rotationDue, rotationRetryMs } from './reconnect-policy.ts';

/** A socket that is billed by time is closed after this long without anything to do, ms. */
const parkAfterMs = 60_000;

export type OpenReason = 'first' | 'rotation' | 'lost' | 'stalled' | 'unparked';

export interface ResilientOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  /** In [0, 1), for the jitter of reconnecting. */
  readonly random?: () => number;
  /** A socket was opened, and why. */
  readonly onSocket?: (why: OpenReason) => void;
  /** Something was paid for that no response tells of. */
  readonly onPaid?: (paid: Paid) => void;
}

/** What the keeper asks of the conversation. */
export interface SocketKeeperHost {
  /** How a socket is to be opened now. `fresh`: it knows nothing of what was said. */
  config(fresh: boolean, resumeHandle: string | null): ProviderConfig;
  on(socket: ProviderSocket, event: ProviderEvent): void;
  /** From now on `socket` serves. */
  adopted(socket: ProviderSocket, fresh: boolean): void;
  /** `socket` is given up, whatever it had begun. */
  left(socket: ProviderSocket): void;
  warn(code: string, message: string): void;
  over(code: CloseCode, reason: string): void;
}

type Link =
  | { readonly name: 'idle' }
  | { readonly name: 'opening'; readonly giveUp: AbortController }
  | { readonly name: 'waiting'; readonly timer: Disposable }
  | { readonly name: 'up'; readonly socket: ProviderSocket }
  /** The next socket is on its way while this one still serves. */
  | { readonly name: 'rotating'; readonly socket: ProviderSocket; readonly giveUp: AbortController }
  | { readonly name: 'parked' }
  | { readonly name: 'over' };

/** Keeps a conversation's socket: opens it, replaces it before its limit, opens another when it breaks, closes it while it only costs. */
export class SocketKeeper implements AsyncDisposable {
  readonly #provider: RealtimeProvider;
  readonly #options: ResilientOptions;
  readonly #host: SocketKeeperHost;
  /** Sockets that are replaced and still say what they have begun to say. */
  readonly #retired = new Set<ProviderSocket>();
  #link: Link = { name: 'idle' };
  #attemptsAt: number[] = [];
  #resumeHandle: string | null = null;
  #generations = 0;
  /** How often what was said was forgotten. */
  #memory = 0;
  /** Until then no rotation is tried. */
  #rotateFrom = Number.NEGATIVE_INFINITY;
  #busyAt: number;

  constructor(provider: RealtimeProvider, options: ResilientOptions, host: SocketKeeperHost) {
    this.#provider = provider;
    this.#options = options;
    this.#host = host;
    this.#busyAt = this.#nowMs;
  }

  /** The socket that serves now. */
  get current(): ProviderSocket | null {
    return 'socket' in this.#link ? this.#link.socket : null;
  }

  /** Every socket that may still say something. */
  get sockets(): readonly ProviderSocket[] {
    return this.current ? [this.current, ...this.#retired] : [...this.#retired];
  }

  /** The first socket. @throws ProviderConnectError, the signal's reason */
  async connect(signal: AbortSignal): Promise<void> {
    if (this.#link.name !== 'idle') throw new TypeError('ProviderSession.connect: it was called before');
    const giveUp = new AbortController();
    const attempt: Link = { name: 'opening', giveUp };
    this.#link = attempt;
    try {
      if (!(await this.#open(attempt, 'first', AbortSignal.any([signal, giveUp.signal])))) throw giveUp.signal.reason;
    } catch (error) {
      if (this.#link === attempt) this.#link = { name: 'idle' };
      throw error;
    }
  }

  /** Something is done: a parked conversation gets a socket again. @returns the socket that takes it, null while there is none */
  use(): ProviderSocket | null {
    this.#busyAt = this.#nowMs;
    if (this.#link.name === 'parked') this.#reopen('unparked');
    return this.current;
  }

  /** The handle that the next socket resumes with; one of a socket that knows too much is of no use. */
  resumable(socket: ProviderSocket, handle: string): void {
    if (!this.isOutdated(socket)) this.#resumeHandle = handle;
  }

  /** What sockets know that are open or being opened is not to be known any more: another follows as soon as nothing is under way. */
  forget(): void {
    this.#memory += 1;
    this.#resumeHandle = null;
    this.#rotateFrom = Number.NEGATIVE_INFINITY;
  }

  /** Whether a socket knows what was forgotten since. */
  isOutdated({ memory }: ProviderSocket): boolean {
    return memory !== this.#memory;
  }

  /** The provider closes `socket` in `ms`. */
  goingAway(socket: ProviderSocket, ms: number): void {
    socket.closesAt = Math.min(socket.closesAt ?? Number.POSITIVE_INFINITY, this.#nowMs + ms);
  }

  /** `socket` has said what it had begun. */
  said(socket: ProviderSocket): void {
    if (this.#retired.has(socket) && socket.speaking.size === 0) this.#close(socket);
  }

  /** `socket` is closed from the other side. */
  lost(socket: ProviderSocket, code: CloseCode, reason: string): void {
    if (this.#retired.has(socket)) {
      this.#leave(socket);
      return;
    }
    // One that never was ready is told of by whoever opens it.
    if (this.current !== socket) return;
    this.#giveUpRotation();
    this.#leave(socket);
    this.#failed('lost', code, reason);
  }

  /** Nothing comes of the socket that serves, although it is open. */
  stalled(): void {
    const { current } = this;
    if (!current) return;
    this.#giveUpRotation();
    this.#leave(current);
    this.#reopen('stalled');
  }

  /** Looks at the time; `quiet`: nothing is under way. */
  tick(quiet: boolean): void {
    const { nowMs, link } = { nowMs: this.#nowMs, link: this.#link };
    for (const socket of this.sockets) if (nowMs - socket.paidAt >= toldEveryMs) this.#pay(socket);
    if (link.name !== 'up') return;
    const { openedAt, closesAt } = link.socket;
    const due = rotationDue(nowMs - openedAt, closesAt === null ? null : closesAt - openedAt);
    const between = due === 'between_responses' || this.isOutdated(link.socket);
    if (nowMs >= this.#rotateFrom && (due === 'now' || (between && quiet))) this.#rotate(link.socket);
    else if (quiet && this.#provider.capabilities.billsOpenTime && nowMs - this.#busyAt >= parkAfterMs) {
      this.#leave(link.socket);
      this.#link = { name: 'parked' };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { link, sockets } = { link: this.#link, sockets: this.sockets };
    if (link.name === 'over') return;
    this.#link = { name: 'over' };
    if ('timer' in link) link.timer[Symbol.dispose]();
    if ('giveUp' in link) link.giveUp.abort(new Error('the conversation is over'));
    for (const socket of sockets) this.#pay(socket);
    await Promise.all(sockets.map((socket) => socket[Symbol.asyncDispose]()));
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }

  /** Opens a socket, and lets it serve if it still may. @throws ProviderConnectError, the signal's reason */
  async #open(attempt: Link, why: OpenReason, signal: AbortSignal): Promise<boolean> {
    const handle = this.#provider.capabilities.resumesByHandle ? this.#resumeHandle : null;
    let socket: ProviderSocket;
    try {
      socket = await this.#connected(handle, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (handle === null) throw error;
      this.#resumeHandle = null;
      this.#host.warn('resume_failed', `It could not be resumed and begins anew: ${wordsOf(error)}`);
      socket = await this.#connected(null, signal);
    }
    this.#options.onSocket?.(why);
    if (this.#link !== attempt) {
      this.#close(socket);
      return false;
    }
    const before = this.current;
    this.#link = { name: 'up', socket };
    this.#busyAt = this.#nowMs;
    if (before && before.speaking.size > 0) this.#retired.add(before);
    else if (before) this.#close(before);
    this.#host.adopted(socket, socket.isFresh);
    return true;
  }

  async #connected(handle: string | null, signal: AbortSignal): Promise<ProviderSocket> {
    this.#generations += 1;
    const { socketLimitMs } = this.#provider.capabilities;
    const at = {
      ...{ generation: this.#generations, openedAt: this.#nowMs },
      ...{ isFresh: handle === null, memory: this.#memory },
    };
    const config = this.#host.config(handle === null, handle);
    const socket = new ProviderSocket(this.#provider, config, at, (from, event) => this.#host.on(from, event));
    socket.closesAt = socketLimitMs === null ? null : at.openedAt + socketLimitMs;
    try {
      await socket.inner.connect(signal);
    } catch (error) {
      await socket[Symbol.asyncDispose]();
      throw error;
    }
    return socket;
  }

  #reopen(why: OpenReason): void {
    const giveUp = new AbortController();
    const attempt: Link = { name: 'opening', giveUp };
    this.#link = attempt;
    this.#inBackground(attempt, why, giveUp.signal);
  }

  #rotate(socket: ProviderSocket): void {
    if (this.#provider.capabilities.closesBeforeReopening) {
      this.#leave(socket);
      this.#reopen('rotation');
      return;
    }
    const giveUp = new AbortController();
    const attempt: Link = { name: 'rotating', socket, giveUp };
    this.#link = attempt;
    this.#inBackground(attempt, 'rotation', giveUp.signal);
  }

  #inBackground(attempt: Link, why: OpenReason, signal: AbortSignal): void {
    // Rotations are paced by themselves: that one failed says nothing against reconnecting when the old socket is lost.
    if (attempt.name === 'opening') this.#attemptsAt = [...this.#attemptsAt.slice(-10), this.#nowMs];
    this.#options.background.run('provider socket', async () => {
      try {
        await this.#open(attempt, why, signal);
      } catch (error) {
        if (this.#link === attempt) this.#openFailed(attempt, why, error);
      }
    });
  }

  #openFailed(attempt: Link, why: OpenReason, error: unknown): void {
    const code = error instanceof ProviderConnectError ? error.code : 'dropped';
    this.#options.logger.warn({ err: error, provider: this.#provider.id, why, code }, 'a provider socket did not open');
    if (attempt.name === 'rotating') {
      // The old one serves on: it is tried again, or lost, in its time.
      this.#link = { name: 'up', socket: attempt.socket };
      this.#rotateFrom = this.#nowMs + rotationRetryMs;
      this.#host.warn('rotation_failed', wordsOf(error));
    } else this.#failed(why, code, wordsOf(error));
  }

  /** There is no socket: another is opened after a while, unless that helps nobody or was tried too often. */
  #failed(why: OpenReason, code: CloseCode, reason: string): void {
    const { clock, random = Math.random } = this.#options;
    const next = closeCodes[code].retryable ? reconnectAfter(this.#attemptsAt, this.#nowMs, random()) : 'give_up';
    if (next === 'give_up') {
      this.#link = { name: 'idle' };
      this.#host.over(code, reason);
      return;
    }
    this.#host.warn('reconnecting', `${reason}; another socket is opened in ${next.delayMs} ms`);
    this.#link = { name: 'waiting', timer: clock.setTimeout(() => this.#reopen(why), next.delayMs) };
  }

  #giveUpRotation(): void {
    if (this.#link.name === 'rotating') this.#link.giveUp.abort(new Error('the socket before it is gone'));
  }

  #leave(socket: ProviderSocket): void {
    this.#host.left(socket);
    this.#close(socket);
  }

  #close(socket: ProviderSocket): void {
    this.#retired.delete(socket);
    this.#pay(socket);
    this.#options.background.run('provider socket', () => socket[Symbol.asyncDispose]());
  }

  #pay(socket: ProviderSocket): void {
    const ms = this.#nowMs - socket.paidAt;
    socket.paidAt = this.#nowMs;
    if (ms > 0) this.#options.onPaid?.({ kind: 'open_time', ms });
  }
}

const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
