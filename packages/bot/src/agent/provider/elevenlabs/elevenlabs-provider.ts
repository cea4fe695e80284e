import type { Clock } from '@parley/protocol';
import type { ProviderEvents } from '../provider-event.ts';
import type { ProviderCapabilities, ProviderConfig, ProviderSession, RealtimeProvider } from '../realtime-provider.ts';
import type { TlsTrust } from '../socket/dial.ts';
import { elevenLabsBaseUrl } from '../transcribe/elevenlabs-file-transcriber.ts';
import { VoiceSession, voiceRate } from './voice-session.ts';

const capabilities: ProviderCapabilities = {
  inputRate: null,
  outputRate: voiceRate,
  textIn: false,
  updatesInstructions: false,
  updatesTools: false,
  takesTools: false,
  cancels: true,
  truncates: false,
  deletesItems: false,
  transcribesInput: false,
  answersTurnsItself: false,
  interruptsOnInput: false,
  resumesByHandle: false,
  closesBeforeReopening: false,
  socketLimitMs: null,
  billsOpenTime: false,
  asr: { perUser: true, shared: true },
};

export interface ElevenLabsProviderOptions {
  /** Without a path; `http:` and `ws:` mean a socket without TLS. Default: ElevenLabs'. */
  readonly baseUrl?: string;
  /** May be empty towards a server that asks for none. */
  readonly apiKey: string;
  readonly clock: Clock;
  readonly trust?: TlsTrust;
}

/** A voice of ElevenLabs: it hears and answers nothing, it says what it is given. */
export class ElevenLabsProvider implements RealtimeProvider {
  readonly id = 'elevenlabs';
  readonly capabilities = capabilities;
  readonly #options: ElevenLabsProviderOptions;

  constructor(options: ElevenLabsProviderOptions) {
    this.#options = options;
  }

  open(config: ProviderConfig, events: ProviderEvents): ProviderSession {
    return new VoiceSession({ baseUrl: elevenLabsBaseUrl, trust: {}, ...this.#options, config, events });
  }
}
