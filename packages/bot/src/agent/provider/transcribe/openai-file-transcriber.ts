import type { Clock } from '@parley/protocol';
import { z } from 'zod';
import { confidenceOf } from '../dialect/confidence.ts';
import { transcriptionUsageOf } from '../dialect/usage.ts';
import { postForJson } from '../http/provider-request.ts';
import { ProviderRequestError } from '../http/request-error.ts';
import { openAiBaseUrl } from '../openai/openai-provider.ts';
import { tellsConfidence } from '../openai/transcription-settings.ts';
import { redactUrl } from '../socket/redact.ts';
import type { FileTranscriber, TranscriberConfig, Transcript } from '../transcriber.ts';
import { wavOf } from './wav-of.ts';

const answer = z.looseObject({ text: z.string() });
const patienceMs = 20_000;

export interface OpenAiFileTranscriberOptions {
  /** Up to and including the version: `/audio/transcriptions` follows it. Default: OpenAI's. */
  readonly baseUrl?: string;
  /** May be empty towards a server that asks for none. */
  readonly apiKey: string;
  readonly clock: Clock;
}

/** Any service that speaks OpenAI's `POST /audio/transcriptions`, one piece of speech at a time. */
export class OpenAiFileTranscriber implements FileTranscriber {
  /** What the models work with inside; more would only be more to send. */
  readonly rate = 16_000;
  readonly #options: OpenAiFileTranscriberOptions;

  constructor(options: OpenAiFileTranscriberOptions) {
    this.#options = options;
  }

  /** @throws ProviderRequestError; the signal's reason */
  async transcribe(pcm: Uint8Array, config: TranscriberConfig, signal: AbortSignal): Promise<Transcript> {
    const { baseUrl = openAiBaseUrl, apiKey, clock } = this.#options;
    const { model, language, prompt } = config;
    const form = new FormData();
    form.set('file', wavOf(pcm, this.rate), 'speech.wav');
    form.set('model', model);
    form.set('response_format', 'json');
    if (language !== '') form.set('language', language);
    if (prompt !== '') form.set('prompt', prompt);
    if (tellsConfidence(model)) form.append('include[]', 'logprobs');
    const url = `${baseUrl.replace(/\/+$/, '')}/audio/transcriptions`;
    const headers: Record<string, string> = apiKey === '' ? {} : { authorization: `Bearer ${apiKey}` };
    const provider = 'OpenAI transcription';
    const request = { provider, url, headers, body: form, secrets: [apiKey], patienceMs };
    const read = answer.safeParse(await postForJson(request, clock, signal));
    // What it said is not repeated: it may be speech.
    if (!read.success) {
      throw new ProviderRequestError(provider, 'no text in the answer', { code: 'bad_answer', url: redactUrl(url) });
    }
    const usage = transcriptionUsageOf(read.data);
    return { text: read.data.text.trim(), confidence: confidenceOf(read.data), ...(usage !== null && { usage }) };
  }
}
