import type { Clock } from '@parley/protocol';
import { z } from 'zod';
import { confidenceOf } from '../dialect/confidence.ts';
import { postForJson } from '../http/provider-request.ts';
import { ProviderRequestError } from '../http/request-error.ts';
import { redactUrl } from '../socket/redact.ts';
import type { FileTranscriber, TranscriberConfig, Transcript } from '../transcriber.ts';
import { wavOf } from './wav-of.ts';

/** Where ElevenLabs' API is, unless the settings say otherwise. */
export const elevenLabsBaseUrl = 'https://api.elevenlabs.io';

const answer = z.looseObject({
  text: z.string(),
  words: z.array(z.looseObject({ logprob: z.number().optional() })).optional(),
});
const patienceMs = 20_000;

export interface ElevenLabsFileTranscriberOptions {
  /** Without a path: `/v1/speech-to-text` follows it. Default: ElevenLabs'. */
  readonly baseUrl?: string;
  readonly apiKey: string;
  readonly clock: Clock;
}

/** ElevenLabs' `POST /v1/speech-to-text`, one piece of speech at a time. It takes no prompt. */
export class ElevenLabsFileTranscriber implements FileTranscriber {
  readonly rate = 16_000;
  readonly #options: ElevenLabsFileTranscriberOptions;

  constructor(options: ElevenLabsFileTranscriberOptions) {
    this.#options = options;
  }

  /** @throws ProviderRequestError; the signal's reason */
  async transcribe(pcm: Uint8Array, config: TranscriberConfig, signal: AbortSignal): Promise<Transcript> {
    const { baseUrl = elevenLabsBaseUrl, apiKey, clock } = this.#options;
    const form = new FormData();
    form.set('file', wavOf(pcm, this.rate), 'speech.wav');
    form.set('model_id', config.model);
    form.set('tag_audio_events', 'false');
    if (config.language !== '') form.set('language_code', config.language);
    const url = `${baseUrl.replace(/\/+$/, '')}/v1/speech-to-text`;
    const provider = 'ElevenLabs transcription';
    const request = { provider, url, headers: { 'xi-api-key': apiKey }, body: form, secrets: [apiKey], patienceMs };
    const read = answer.safeParse(await postForJson(request, clock, signal));
    if (!read.success) {
      throw new ProviderRequestError(provider, 'no text in the answer', { code: 'bad_answer', url: redactUrl(url) });
    }
    const confidence = confidenceOf({ logprobs: read.data.words ?? [] });
    const seconds = pcm.length / 2 / this.rate;
    return { text: read.data.text.trim(), confidence, usage: { per: 'second', seconds } };
  }
}
