import type { Clock } from '@parley/protocol';
import { openAiBaseUrl } from '../openai/openai-provider.ts';
import type { SpeechSynthesizer } from '../transcriber.ts';
import { postForPcm } from './pcm-pieces.ts';

export interface OpenAiSpeechOptions {
  /** Up to and including the version: `/audio/speech` follows it. Default: OpenAI's. */
  readonly baseUrl?: string;
  /** May be empty towards a server that asks for none. */
  readonly apiKey: string;
  readonly clock: Clock;
  readonly model: string;
  readonly voice: string;
  /** 0.25 to 4; 1 is as the voice speaks. */
  readonly speed?: number;
}

/** Nothing of an answer for so long, and it is given up. */
const patienceMs = 10_000;

/** Any service that speaks OpenAI's `POST /audio/speech`; its `pcm` is s16le mono at 24 kHz (OpenAI's text-to-speech guide). */
export class OpenAiSpeech implements SpeechSynthesizer {
  readonly rate = 24_000;
  readonly #options: OpenAiSpeechOptions;

  constructor(options: OpenAiSpeechOptions) {
    this.#options = options;
  }

  /** @throws ProviderRequestError; the signal's reason */
  speak(text: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const { baseUrl = openAiBaseUrl, apiKey, clock, model, voice, speed = 1 } = this.#options;
    const request = {
      provider: 'OpenAI speech',
      url: `${baseUrl.replace(/\/+$/, '')}/audio/speech`,
      headers: {
        'content-type': 'application/json',
        ...(apiKey !== '' && { authorization: `Bearer ${apiKey}` }),
      },
      body: JSON.stringify({ model, voice, input: text, response_format: 'pcm', ...(speed !== 1 && { speed }) }),
      secrets: [apiKey],
      patienceMs,
    };
    return postForPcm(request, clock, signal);
  }
}
