import type { Duplex } from 'node:stream';
import { peerOf } from '../catalogue/lookup.ts';
import {
  acceptHello,
  Channel,
  type ChannelOptions,
  type Clock,
  catalogue,
  type Hello,
  type NotificationName,
  type NotificationParams,
  type Peer,
  ProtocolError,
  type RequestName,
  type RequestParams,
  type RequestResult,
  type Side,
  sayHello,
  type Welcome,
} from '../index.ts';
import { Expectation, ExpectedRequest } from './expectation.ts';

export interface ScriptedPeerOptions<S extends Side> {
  /** The side this peer plays. */
  readonly side: S;
  /** One end of `linkedStreams()`, or a child's two pipes. */
  readonly stream: Duplex | Pick<ChannelOptions<S>, 'readable' | 'writable'>;
  readonly clock?: Clock;
}

/** A notification as it came. */
export interface Heard {
  readonly name: string;
  readonly params: unknown;
}

type AnyExpectation = Expectation<unknown>;
type Standing = (params: never) => unknown;

/**
 * The other side of a link, played from a script over the real protocol. Each expectation is met by the next message of its name;
 * disposing fails when one was not met, when a payload differed, or when a request came that nothing in the script answers.
 * Notifications nobody expects are kept in `heard`.
 */
export class ScriptedPeer<S extends Side> implements AsyncDisposable {
  /** To speak with: `peer.channel.notify(…)`, `peer.channel.request(…)`. */
  readonly channel: Channel<S>;
  /** Every notification that came, in order. */
  readonly heard: Heard[] = [];
  #expected: AnyExpectation[] = [];
  #standing = new Map<string, Standing>();
  #problems: string[] = [];
  #clock: Clock | undefined;

  constructor({ side, stream, clock }: ScriptedPeerOptions<S>) {
    const pipes = 'readable' in stream && typeof stream.readable === 'object' ? stream : both(stream as Duplex);
    const report: ChannelOptions<S>['report'] = ({ what, type, message }) => {
      if (what !== 'handler_failed') this.#problems.push(`${what} ${type}: ${message}`);
    };
    this.#clock = clock;
    this.channel = new Channel<S>({ side, ...pipes, report, ...(clock ? { clock } : {}) });
    const theirs = catalogue[peerOf(side)];
    const channel = this.channel as Channel<Side>;
    for (const name of Object.keys(theirs.requests)) {
      if (name !== 'hello') channel.onRequest(name as never, (params) => this.#serve(name, params) as never);
    }
    for (const name of Object.keys(theirs.notifications)) {
      channel.onNotification(name as never, (params) => this.#hear(name, params));
    }
  }

  /** Does the handshake, as the side this peer plays. */
  async greet(words: Partial<Omit<Hello, 'protocol'>> & Partial<Omit<Welcome, 'protocol'>> = {}): Promise<void> {
    if (this.channel.side === 'voxproc') {
      const { version = '0.0.0', pid = 1, node = 'v24', capabilities = [] } = words;
      await sayHello(this.channel as unknown as Channel<'voxproc'>, { version, pid, node, capabilities });
    } else {
      const { logLevel = 'info', caPem } = words;
      const clock = this.#clock ? { clock: this.#clock } : {};
      const welcome = { logLevel, ...(caPem === undefined ? {} : { caPem }) };
      await acceptHello(this.channel as unknown as Channel<'supervisor'>, welcome, clock);
    }
  }

  /** Expects a request; say what it gets: `.answer(…)`, `.refuse(…)` or `.neverAnswer()`. `matching`: what the payload holds at least. */
  expectRequest<N extends RequestName<Peer<S>>>(
    name: N,
    matching?: Partial<RequestParams<Peer<S>, N>>,
  ): ExpectedRequest<RequestParams<Peer<S>, N>, RequestResult<Peer<S>, N>> {
    const expectation = new ExpectedRequest<RequestParams<Peer<S>, N>, RequestResult<Peer<S>, N>>(name, matching);
    this.#expected.push(expectation as unknown as AnyExpectation);
    return expectation;
  }

  /** Expects a notification. */
  expectNotification<N extends NotificationName<Peer<S>>>(
    name: N,
    matching?: Partial<NotificationParams<Peer<S>, N>>,
  ): Expectation<NotificationParams<Peer<S>, N>> {
    const expectation = new Expectation<NotificationParams<Peer<S>, N>>(name, matching);
    this.#expected.push(expectation as unknown as AnyExpectation);
    return expectation;
  }

  /** Answers every request of a name that no expectation waits for, any number of times: pings, stats. */
  always<N extends RequestName<Peer<S>>>(
    name: N,
    answer: (params: RequestParams<Peer<S>, N>) => RequestResult<Peer<S>, N>,
  ): this {
    this.#standing.set(name, answer as Standing);
    return this;
  }

  /** @throws Error naming every expectation not met so far and everything that came unexpected. */
  verify(): void {
    const missing = this.#expected.map(({ name }) => `${name} never came`);
    const problems = [...this.#problems, ...missing];
    if (problems.length > 0) throw new Error(`the script was not followed: ${problems.join('; ')}`);
  }

  /** Ends the link, then fails unless the script was followed. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.channel[Symbol.asyncDispose]();
    for (const expectation of this.#expected) expectation.miss();
    this.verify();
  }

  #serve(name: string, params: unknown): unknown {
    const expectation = this.#next(name);
    if (expectation === undefined) {
      const standing = this.#standing.get(name);
      if (standing) return standing(params as never);
      throw this.#problem(`${name} came unexpected`);
    }
    const wrong = expectation.meet(params);
    if (wrong !== null) throw this.#problem(wrong);
    try {
      return (expectation as ExpectedRequest<unknown, unknown>).reply(params);
    } catch (error) {
      throw error instanceof ProtocolError ? error : this.#problem((error as Error).message);
    }
  }

  #hear(name: string, params: unknown): void {
    this.heard.push({ name, params });
    const wrong = this.#next(name)?.meet(params) ?? null;
    if (wrong !== null) this.#problem(wrong);
  }

  #next(name: string): AnyExpectation | undefined {
    const index = this.#expected.findIndex((expectation) => expectation.name === name);
    return index < 0 ? undefined : this.#expected.splice(index, 1)[0];
  }

  #problem(message: string): ProtocolError {
    this.#problems.push(message);
    return new ProtocolError('internal', message);
  }
}

const both = (stream: Duplex) => ({ readable: stream, writable: stream });
