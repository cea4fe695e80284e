import type { Clock } from '@parley/protocol';
import type { Dialect } from '../dialect/dialect.ts';
import { DialectSession } from '../dialect/dialect-session.ts';
import type { ProviderEvents } from '../provider-event.ts';
import type { ProviderCapabilities, ProviderConfig, ProviderSession, RealtimeProvider } from '../realtime-provider.ts';
import { dialWs, socketUrl, type TlsTrust } from '../socket/dial.ts';
import { xaiDialect } from './xai-dialect.ts';

/** Where xAI's API is, unless the settings say otherwise. */
export const xaiBaseUrl = 'https://api.x.ai/v1';

export interface XaiProviderOptions {
  /** Up to and including the version; `http:` and `ws:` mean a socket without TLS. Default: xAI's. */
  readonly baseUrl?: string;
  readonly apiKey: string;
  readonly clock: Clock;
  /** Hz of the PCM both ways; default 24,000. */
  readonly rate?: number;
  /** Default `us-east-1`. */
  readonly region?: string;
  readonly trust?: TlsTrust;
}

/** Conversations with xAI's voice agent. */
export class XaiProvider implements RealtimeProvider {
  readonly id = 'xai';
  readonly #options: XaiProviderOptions;
  readonly #dialect: Dialect;

  constructor(options: XaiProviderOptions) {
    this.#options = options;
    this.#dialect = xaiDialect({ rate: options.rate ?? 24_000, region: options.region ?? 'us-east-1' });
  }

  get capabilities(): ProviderCapabilities {
    return this.#dialect.capabilities;
  }

  open(config: ProviderConfig, events: ProviderEvents): ProviderSession {
    const { baseUrl = xaiBaseUrl, apiKey, clock, trust = {} } = this.#options;
    const url = (): URL => socketUrl(baseUrl, '/realtime', config.model === '' ? {} : { model: config.model });
    return new DialectSession({
      dialect: this.#dialect,
      config,
      events,
      clock,
      dial: dialWs(url, { authorization: `Bearer ${apiKey}` }, trust),
      url: `${baseUrl}/realtime`,
      secrets: [apiKey],
    });
  }
}
