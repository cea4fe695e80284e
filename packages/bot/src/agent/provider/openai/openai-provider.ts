import type { Clock } from '@parley/protocol';
import { DialectSession } from '../dialect/dialect-session.ts';
import type { ProviderEvents } from '../provider-event.ts';
import type { ProviderConfig, ProviderSession, RealtimeProvider } from '../realtime-provider.ts';
import type { TlsTrust } from '../socket/dial.ts';
import { openAiDialect } from './openai-dialect.ts';
import { sdkDial } from './sdk-dial.ts';

/** Where OpenAI's API is, unless the settings say otherwise. */
export const openAiBaseUrl = 'https://api.openai.com/v1';

export interface OpenAiProviderOptions {
  /** Up to and including the version; also `http:` and `ws:`, for servers of one's own. Default: OpenAI's. */
  readonly baseUrl?: string;
  /** May be empty towards a server that asks for none. */
  readonly apiKey: string;
  readonly clock: Clock;
  readonly trust?: TlsTrust;
}

/** Conversations with OpenAI's Realtime API, or a server that speaks it. */
export class OpenAiProvider implements RealtimeProvider {
  readonly id = 'openai';
  readonly capabilities = openAiDialect.capabilities;
  readonly #options: OpenAiProviderOptions;

  constructor(options: OpenAiProviderOptions) {
    this.#options = options;
  }

  open(config: ProviderConfig, events: ProviderEvents): ProviderSession {
    const { baseUrl = openAiBaseUrl, apiKey, clock, trust = {} } = this.#options;
    const { model, safetyIdentifier } = config;
    const headers = safetyIdentifier === null ? {} : { 'OpenAI-Safety-Identifier': safetyIdentifier };
    return new DialectSession({
      dialect: openAiDialect,
      config,
      events,
      clock,
      dial: sdkDial({ baseUrl, apiKey, target: { model }, headers, trust }),
      url: `${baseUrl}/realtime?model=${encodeURIComponent(model)}`,
      secrets: [apiKey],
    });
  }
}
