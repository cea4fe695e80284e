import type { Clock } from '@parley/protocol';
import type { ProviderEvents } from '../provider-event.ts';
import type { ProviderCapabilities, ProviderConfig, ProviderSession, RealtimeProvider } from '../realtime-provider.ts';
import type { TlsTrust } from '../socket/dial.ts';
import { geminiOutputRate } from './gemini-events.ts';
import { geminiInputRate } from './gemini-input.ts';
import { GeminiSession } from './gemini-session.ts';

/** A connection lasts about 10 minutes; how long it still has is told a minute before (Google's guide "Session management"). */
const socketLimitMs = 600_000;

const capabilities: ProviderCapabilities = {
  inputRate: geminiInputRate,
  outputRate: geminiOutputRate,
  textIn: true,
  updatesInstructions: true,
  updatesTools: false,
  takesTools: true,
  cancels: false,
  truncates: false,
  deletesItems: false,
  transcribesInput: true,
  answersTurnsItself: true,
  interruptsOnInput: true,
  resumesByHandle: true,
  closesBeforeReopening: true,
  socketLimitMs,
  billsOpenTime: false,
  asr: { perUser: false, shared: false },
};

export interface GeminiProviderOptions {
  /** Without the path of the service; `http:` and `ws:` mean a socket without TLS. Default: Google's. */
  readonly baseUrl?: string;
  /** May be empty towards a server that asks for none. */
  readonly apiKey: string;
  readonly clock: Clock;
  readonly trust?: TlsTrust;
}

/** Conversations with Gemini's Live API. */
export class GeminiProvider implements RealtimeProvider {
  readonly id = 'gemini';
  readonly capabilities = capabilities;
  readonly #options: GeminiProviderOptions;

  constructor(options: GeminiProviderOptions) {
    this.#options = options;
  }

  open(config: ProviderConfig, events: ProviderEvents): ProviderSession {
    return new GeminiSession({ trust: {}, ...this.#options, config, events });
  }
}
