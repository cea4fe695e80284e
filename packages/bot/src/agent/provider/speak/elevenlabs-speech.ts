import type { Clock } from '@parley/protocol';
import { elevenLabsBaseUrl } from '../transcribe/elevenlabs-file-transcriber.ts';
import type { SpeechSynthesizer } from '../transcriber.ts';
import { postForPcm } from './pcm-pieces.ts';

export interface ElevenLabsSpeechOptions {
  /** Without a path: `/v1/text-to-speech` follows it. Default: ElevenLabs'. */
  readonly baseUrl?: string;
  readonly apiKey: string;
  readonly clock: Clock;
  readonly model: string;
  readonly voiceId: string;
}

const patienceMs = 10_000;

/** ElevenLabs' `POST /v1/text-to-speech/{voice}/stream`, as s16le mono at 24 kHz. */
export class ElevenLabsSpeech implements SpeechSynthesizer {
  readonly rate = 24_000;
  readonly #options: ElevenLabsSpeechOptions;

  constructor(options: ElevenLabsSpeechOptions) {
    this.#options = options;
  }

  /** @throws ProviderRequestError; the signal's reason */
  speak(text: string, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const { baseUrl = elevenLabsBaseUrl, apiKey, clock, model, voiceId } = this.#options;
    const path = `/v1/text-to-speech/${encodeURIComponent(voiceId)}/stream?output_format=pcm_24000`;
    const request = {
      provider: 'ElevenLabs speech',
      url: `${baseUrl.replace(/\/+$/, '')}${path}`,
      headers: { 'content-type': 'application/json', 'xi-api-key': apiKey },
      body: JSON.stringify({ text, model_id: model }),
      secrets: [apiKey],
      patienceMs,
    };
    return postForPcm(request, clock, signal);
  }
}
