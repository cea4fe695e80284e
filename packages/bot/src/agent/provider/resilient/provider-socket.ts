import type { ProviderEvent } from '../provider-event.ts';
import type { ProviderConfig, ProviderSession, RealtimeProvider } from '../realtime-provider.ts';

/** What has come of a response that is under way. */
export interface Saying {
  /** When something of it came last, ms. */
  signAt: number;
  /** Milliseconds of speech that came. */
  audioMs: number;
}

/** One of a conversation's sockets, with the names its provider gives to things told apart from those of other sockets. */
export class ProviderSocket implements AsyncDisposable {
  readonly generation: number;
  readonly inner: ProviderSession;
  readonly openedAt: number;
  /** It was told what was said before as text, and knows nothing else of it. */
  readonly isFresh: boolean;
  /** How often what was said had been forgotten when it was opened. */
  readonly memory: number;
  /** Until when its open time was told as paid, same clock. */
  paidAt: number;
  /** When the provider will close it by itself, same clock; null: nothing is known. */
  closesAt: number | null = null;
  /** Our names of turns by the provider's. */
  readonly turnIds = new Map<string, string>();
  /** Responses under way, by the names outside. */
  readonly speaking = new Map<string, Saying>();
  #open = true;

  constructor(
    provider: RealtimeProvider,
    config: ProviderConfig,
    { generation, openedAt, isFresh, memory }: Pick<ProviderSocket, 'generation' | 'openedAt' | 'isFresh' | 'memory'>,
    on: (socket: ProviderSocket, event: ProviderEvent) => void,
  ) {
    this.generation = generation;
    this.openedAt = openedAt;
    this.isFresh = isFresh;
    this.memory = memory;
    this.paidAt = openedAt;
    this.inner = provider.open(config, (event) => {
      if (this.#open) on(this, event);
    });
  }

  /** A name of this socket as it is called outside. */
  outer(id: string): string {
    return `${this.generation}.${id}`;
  }

  /** The other way round; null: it is of another socket. */
  innerOf(outer: string): string | null {
    const prefix = `${this.generation}.`;
    return outer.startsWith(prefix) ? outer.slice(prefix.length) : null;
  }

  /** Nothing more of it is heard. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#open = false;
    await this.inner[Symbol.asyncDispose]();
  }
}
