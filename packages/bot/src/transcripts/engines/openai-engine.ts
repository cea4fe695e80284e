import type { Heard, SpeechChunk } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import { z } from 'zod';
import { TranscriptionError } from '../transcription-error.ts';
import type { Engine } from './engine.ts';
import { meaningOf, pauseBeforeRetry, type RequestFailure, retryAfterOf } from './retry.ts';
import { heardOf, transcriptionAnswer } from './verbose-json.ts';

/** A file may have 25 MB (OpenAI's API reference); 600 s of 16 kHz WAV are 19.2 MB. */
const maxSeconds = 600;
/** Models that answer with text alone: they get one stretch of speech at a time, so that its place is known. */
const knowsNoTimes = /^gpt-/;
/** A request may take a minute, and as long as its speech. */
const patienceMs = 60_000;

export interface OpenAiEngineOptions {
  /** Up to and including the version: `/audio/transcriptions` follows it. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: string | null;
  readonly language: string | null;
  readonly concurrency: number;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random?: () => number;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
}

const errorAnswer = z.object({ error: z.object({ code: z.string().nullish(), message: z.string().nullish() }) });

type Attempt =
  | { readonly ok: true; readonly heard: readonly Heard[] }
  | { readonly ok: false; readonly failure: RequestFailure; readonly detail: string };

/** Any service that speaks OpenAI's `POST /audio/transcriptions`. */
export class OpenAiEngine implements Engine {
  readonly name = 'openai';
  readonly paid = true;
  readonly #options: OpenAiEngineOptions;

  constructor(options: OpenAiEngineOptions) {
    this.#options = options;
  }

  get model(): string {
    return this.#options.model;
  }

  get language(): string | null {
    return this.#options.language;
  }

  get concurrency(): number {
    return this.#options.concurrency;
  }

  get chunks() {
    return { maxSeconds, single: !this.#givesTimes };
  }

  get #givesTimes(): boolean {
    return !knowsNoTimes.test(this.#options.model);
  }

  async recognize(
    chunk: Pick<SpeechChunk, 'wav' | 'seconds'>,
    signal: AbortSignal,
    onPaid: () => void,
  ): Promise<readonly Heard[]> {
    const { random = Math.random } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.#ask(chunk, signal, onPaid);
      if (result.ok) return result.heard;
      const pause = pauseBeforeRetry(result.failure, attempt, random());
      if (pause === null) throw new TranscriptionError(meaningOf(result.failure), result.detail);
      await this.#wait(pause, signal);
    }
  }

  async #ask(
    { wav, seconds }: Pick<SpeechChunk, 'wav' | 'seconds'>,
    signal: AbortSignal,
    onPaid: () => void,
  ): Promise<Attempt> {
    const { baseUrl, apiKey, clock, fetch: request = fetch } = this.#options;
    const late = new AbortController();
    const limitMs = patienceMs + seconds * 1000;
    using _timer = clock.setTimeout(
      () => late.abort(new Error(`no answer within ${Math.round(limitMs / 1000)} s`)),
      limitMs,
    );
    const failed = (failure: Partial<RequestFailure>, detail: string): Attempt => ({
      ok: false,
      failure: { status: null, retryAfterMs: null, code: null, ...failure },
      detail,
    });
    try {
      const response = await request(`${baseUrl.replace(/\/+$/, '')}/audio/transcriptions`, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.any([signal, late.signal]),
        headers: apiKey === null ? {} : { authorization: `Bearer ${apiKey}` },
        body: this.#form(wav),
      });
      const { status } = response;
      const text = await response.text().finally(() => {
        if (response.ok) onPaid(); // also when the rest of the answer is lost
      });
      if (!response.ok) {
        const error = errorAnswer.safeParse(parsed(text)).data?.error;
        const retryAfterMs = retryAfterOf((name) => response.headers.get(name), clock.now());
        const code = error?.code ?? null;
        return failed({ status, retryAfterMs, code }, `status ${status}${code === null ? '' : `, ${code}`}`);
      }
      const answer = transcriptionAnswer.safeParse(parsed(text));
      // What it said is not repeated: it may be speech.
      if (!answer.success) return failed({ status }, 'the answer has another form');
      return { ok: true, heard: heardOf(answer.data, seconds) };
    } catch (error) {
      signal.throwIfAborted();
      return failed({}, causeOf(error));
    }
  }

  #form(wav: Buffer): FormData {
    const { model, language } = this.#options;
    const form = new FormData();
    form.set(
      'file',
      new Blob([new Uint8Array(wav.buffer as ArrayBuffer, wav.byteOffset, wav.length)], { type: 'audio/wav' }),
      'speech.wav',
    );
    form.set('model', model);
    if (language !== null) form.set('language', language);
    form.set('response_format', this.#givesTimes ? 'verbose_json' : 'json');
    if (this.#givesTimes) for (const grain of ['word', 'segment']) form.append('timestamp_granularities[]', grain);
    return form;
  }

  async #wait(ms: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const { promise, resolve } = Promise.withResolvers<void>();
    using _timer = this.#options.clock.setTimeout(resolve, ms);
    signal.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    signal.throwIfAborted();
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};

/** `fetch` hides what went wrong in the cause of its error. */
const causeOf = (error: unknown): string => {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
};
