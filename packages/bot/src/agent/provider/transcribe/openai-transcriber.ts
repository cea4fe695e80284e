import type { Clock } from '@parley/protocol';
import { openAiRate } from '../openai/openai-dialect.ts';
import { openAiBaseUrl } from '../openai/openai-provider.ts';
import { sdkDial } from '../openai/sdk-dial.ts';
import type { TlsTrust } from '../socket/dial.ts';
import type { Transcriber, TranscriberConfig, TranscriberEvent, TranscriberSession } from '../transcriber.ts';
import { LiveTranscription } from './live-transcription.ts';
import { TranscriptionSocket } from './transcription-socket.ts';

export interface OpenAiTranscriberOptions {
  /** Up to and including the version. Default: OpenAI's. */
  readonly baseUrl?: string;
  readonly apiKey: string;
  readonly clock: Clock;
  readonly trust?: TlsTrust;
  /** Odd things that end nothing: audio that was dropped, errors of one piece. */
  readonly warn?: (code: string, message: string) => void;
}

/** Turns speech into text by OpenAI's realtime transcription sessions. */
export class OpenAiTranscriber implements Transcriber {
  readonly provider = 'openai';
  readonly rate = openAiRate;
  readonly #options: OpenAiTranscriberOptions;

  constructor(options: OpenAiTranscriberOptions) {
    this.#options = options;
  }

  open(config: TranscriberConfig, events: (event: TranscriberEvent) => void): TranscriberSession {
    const { baseUrl = openAiBaseUrl, apiKey, clock, trust = {}, warn = () => undefined } = this.#options;
    const socket = {
      config,
      clock,
      dial: sdkDial({ baseUrl, apiKey, target: { intent: 'transcription' }, trust }),
      url: `${baseUrl}/realtime?intent=transcription`,
      secrets: [apiKey],
    };
    return new LiveTranscription(
      { clock, rate: openAiRate, socket: (hearer) => new TranscriptionSocket(socket, hearer) },
      events,
      warn,
    );
  }
}
