import type { Clock } from '@parley/protocol';
import { WebSocket } from 'ws';
import { ProviderConnectError } from '../provider-connect-error.ts';
import type { CloseCode } from '../provider-event.ts';
import { type ConnectDiagnostics, type DiagnosticsSource, describeAnswer, diagnosticsOf } from './diagnostics.ts';
import type { Dial, Dialled } from './dial.ts';
import { Heartbeat } from './heartbeat.ts';
import type { JsonObject } from './json.ts';
import { Outflow } from './outflow.ts';
import { redactText } from './redact.ts';
import { refusalInReason, refusalOf } from './refusal.ts';
import { readAnswer } from './unexpected-answer.ts';

/** What a socket tells its owner. */
export interface SocketHearer {
  /** The socket is open: say what comes before the provider is ready. */
  opened(): void;
  message(event: JsonObject): void;
  warning(code: string, message: string): void;
  /** Once, at the end, whoever ended it. */
  closed(code: CloseCode, reason: string): void;
}

export interface ProviderSocketOptions {
  /** The vendor as people call it, for messages. */
  readonly provider: string;
  readonly dial: Dial;
  /** For diagnostics; its query is left out of them. */
  readonly url: string;
  /** What must appear nowhere. */
  readonly secrets: readonly string[];
  readonly clock: Clock;
  /** What a vendor means that says in words why it refuses or hangs up; null: nothing is known of them. */
  readonly codeOf?: (words: string) => CloseCode | null;
}

type State =
  | { readonly name: 'new' }
  | { readonly name: 'connecting'; readonly attempt: PromiseWithResolvers<void>; readonly held: DisposableStack }
  | { readonly name: 'ready'; readonly held: DisposableStack }
  | { readonly name: 'closed' };

/** How long a connection may take until the provider says that it is ready. */
const connectTimeoutMs = 10_000;
/** How long the other side may take to answer our close. */
const goodbyeMs = 1_500;
/** Unreadable messages in a row after which the socket is given up. */
const mostGarbage = 20;
const sentRemembered = 8;

/**
 * One WebSocket to a provider: from dialling to the provider's own ready event, to its one end. It bounds what waits to be sent and what
 * comes, notices a dead path, and says what was answered where no socket came to be. What the messages mean is its owner's business.
 */
export class ProviderSocket implements AsyncDisposable {
  readonly #options: ProviderSocketOptions;
  readonly #hearer: SocketHearer;
  readonly #lastSent: string[] = [];
  #state: State = { name: 'new' };
  #socket: WebSocket | null = null;
  #dialling: Promise<unknown> = Promise.resolve();
  #gone: Promise<void> = Promise.resolve();
  #outflow: Outflow | null = null;
  #heartbeat: Heartbeat | null = null;
  #garbage = 0;

  constructor(options: ProviderSocketOptions, hearer: SocketHearer) {
    this.#options = options;
    this.#hearer = hearer;
  }

  get isReady(): boolean {
    return this.#state.name === 'ready';
  }

  /** Resolves when the owner calls `ready`. @throws ProviderConnectError; the signal's reason */
  async connect(signal: AbortSignal): Promise<void> {
    const { provider, url } = this.#options;
    if (this.#state.name === 'closed') {
      const diagnostics = { ...diagnosticsOf('socket_closed', url, this.#lastSent) };
      throw new ProviderConnectError(provider, 'closed', 'disposed of before it was connected', diagnostics);
    }
    if (this.#state.name !== 'new') throw new Error(`${provider}: a socket connects once`);
    if (signal.aborted) {
      this.#end('closed', 'the connection was called off', 'socket_closed', {}, signal.reason);
      throw signal.reason;
    }
    const attempt = Promise.withResolvers<void>();
    const held = new DisposableStack();
    this.#state = { name: 'connecting', attempt, held };
    const abort = () => this.#end('closed', 'the connection was called off', 'socket_closed', {}, signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    held.defer(() => signal.removeEventListener('abort', abort));
    held.use(this.#options.clock.setTimeout(() => this.#late(), connectTimeoutMs));
    this.#dialling = this.#dial();
    return attempt.promise;
  }

  /** The provider said that it is ready. */
  ready(): void {
    if (this.#state.name !== 'connecting' || this.#socket === null) return;
    const { attempt, held } = this.#state;
    held[Symbol.dispose]();
    const socket = this.#socket;
    const kept = new DisposableStack();
    const silent = (ms: number) => this.#end('dropped', `nothing was heard for ${ms / 1000} s`, 'timeout');
    this.#heartbeat = kept.use(new Heartbeat(this.#options.clock, () => socket.ping(noop), silent));
    this.#state = { name: 'ready', held: kept };
    attempt.resolve();
  }

  /** Sends a message, also before `ready`. @returns false where there is no socket to send it to */
  send(message: JsonObject): boolean {
    const socket = this.#socket;
    if (socket === null || socket.readyState !== WebSocket.OPEN || this.#state.name === 'closed') return false;
    this.#lastSent.push(String(message.type ?? Object.keys(message)[0]));
    if (this.#lastSent.length > sentRemembered) this.#lastSent.shift();
    // A failure to write is told as the socket's `close`.
    socket.send(JSON.stringify(message), noop);
    this.#outflow?.sent();
    return true;
  }

  /** A message whose content cannot be read. After 20 in a row the socket is given up. */
  garbage(why: string): void {
    if (this.#state.name === 'closed') return;
    this.#garbage += 1;
    this.#hearer.warning('garbage', why);
    if (this.#garbage >= mostGarbage) {
      this.#end('garbage', `${mostGarbage} messages in a row cannot be read: ${why}`, 'provider_error');
    }
  }

  /** Ends the socket for a reason of its owner; a pending `connect` rejects with it. */
  close(code: CloseCode, reason: string, providerCode?: string): void {
    this.#end(code, this.clean(reason), 'provider_error', providerCode === undefined ? {} : { providerCode });
  }

  /** What the provider wrote, or what failed, without the key it may repeat. */
  clean(said: unknown): string {
    return redactText(said instanceof Error ? said.message : String(said), this.#options.secrets);
  }

  /** Resolves when nothing of the socket is left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end('closed', 'disposed', 'socket_closed');
    await this.#dialling;
    await this.#gone;
  }

  async #dial(): Promise<void> {
    let dialled: Dialled;
    try {
      dialled = await this.#options.dial();
    } catch (error) {
      // No address, or one nobody can open: nothing was sent.
      this.#end('bad_config', this.clean(error), 'socket_error', {}, error);
      return;
    }
    const { socket } = dialled;
    this.#gone = new Promise((resolve) => socket.once('close', () => resolve()));
    if (this.#state.name !== 'connecting') {
      socket.on('error', noop);
      socket.terminate();
      return;
    }
    this.#socket = socket;
    this.#listen(dialled);
  }

  #listen({ socket, hear }: Dialled): void {
    const { clock, secrets } = this.#options;
    socket.on('open', () => {
      this.#outflow = new Outflow(
        () => socket.bufferedAmount,
        clock,
        () => this.#end('overloaded', `${socket.bufferedAmount} bytes wait to be sent`, 'socket_error'),
      );
      this.#hearer.opened();
    });
    hear(
      (event) => {
        if (this.#state.name === 'closed') return;
        this.#heartbeat?.heard();
        const before = this.#garbage;
        this.#hearer.message(event);
        if (this.#garbage === before) this.#garbage = 0;
      },
      (why) => this.garbage(why),
    );
    socket.on('pong', () => this.#heartbeat?.heard());
    socket.on('unexpected-response', (request, response) => {
      void readAnswer(response).then((answer) => {
        request.destroy();
        const reason = `status ${answer.statusCode}`;
        const code = this.#options.codeOf?.(answer.body) ?? refusalOf(answer.statusCode, answer.body);
        this.#end(code, reason, 'unexpected_response', describeAnswer(answer, secrets));
        socket.terminate();
      });
    });
    socket.on('error', (error) => {
      const tooLarge = 'code' in error && error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';
      const connecting = this.#state.name === 'connecting' && this.#outflow === null;
      const answered =
        connecting && /^Unexpected server response|Invalid (?:Upgrade|Sec-WebSocket)/.test(error.message);
      const code = tooLarge ? 'garbage' : answered ? 'handshake_refused' : connecting ? 'unreachable' : 'dropped';
      this.#end(code, this.clean(error), 'socket_error', {}, error);
    });
    socket.on('close', (closeCode, reason) => {
      const text = this.clean(reason);
      const code = refusalInReason(text) ?? this.#options.codeOf?.(text) ?? 'dropped';
      this.#end(code, `close ${closeCode}${text === '' ? '' : `: ${text}`}`, 'socket_closed', { closeCode });
    });
  }

  #late(): void {
    const opened = this.#outflow !== null;
    this.#end(
      opened ? 'not_ready' : 'unreachable',
      opened ? 'the provider did not say that it is ready within 10 s' : 'no socket within 10 s',
      'timeout',
    );
  }

  #end(
    code: CloseCode,
    reason: string,
    source: DiagnosticsSource,
    more: Omit<Partial<ConnectDiagnostics>, 'source' | 'url' | 'lastSent'> = {},
    cause?: unknown,
  ): void {
    const state = this.#state;
    if (state.name === 'closed') return;
    this.#state = { name: 'closed' };
    if (state.name !== 'new') state.held[Symbol.dispose]();
    this.#outflow?.[Symbol.dispose]();
    this.#hangUp(code);
    if (state.name === 'connecting') {
      const { provider, url } = this.#options;
      const diagnostics = { ...diagnosticsOf(source, url, this.#lastSent, more) };
      const calledOff = code === 'closed' && cause !== undefined;
      state.attempt.reject(calledOff ? cause : new ProviderConnectError(provider, code, reason, diagnostics, cause));
    }
    this.#hearer.closed(code, reason);
  }

  /** A goodbye where the other side still listens; otherwise the end at once. */
  #hangUp(code: CloseCode): void {
    const socket = this.#socket;
    if (socket === null || socket.readyState === WebSocket.CLOSED) return;
    if (socket.readyState === WebSocket.CONNECTING || code === 'overloaded' || code === 'dropped') {
      socket.terminate();
      return;
    }
    socket.close(1000, 'session_ended');
    const timer = this.#options.clock.setTimeout(() => socket.terminate(), goodbyeMs);
    socket.once('close', () => timer[Symbol.dispose]());
  }
}

const noop = (): void => undefined;
