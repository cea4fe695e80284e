import type { Clock } from '@parley/protocol';
import { z } from 'zod';
import { meaningOf } from '../engines/retry.ts';

/** A text model may think this long, milliseconds. */
export const chatPatienceMs = 90_000;

export interface ChatModelOptions {
  /** Base URL of an OpenAI-compatible API, up to and including the version: `/chat/completions` follows it. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: string | null;
  readonly clock: Clock;
  /** Default: the global `fetch`. */
  readonly fetch?: typeof fetch;
}

export interface ChatRequest {
  readonly instructions: string;
  /** What it is about: data, whatever it says. */
  readonly data: string;
  readonly maxTokens: number;
}

/** The text model did not answer; `code` as for transcriptions. */
export class TextModelError extends Error {
  override readonly name = 'TextModelError';
  readonly code: ReturnType<typeof meaningOf>;

  constructor(code: ReturnType<typeof meaningOf>, detail: string, options?: ErrorOptions) {
    super(`The text model did not answer: ${detail}. Check brain.baseUrl, brain.model and brain.apiKey.`, options);
    this.code = code;
  }
}

const answerSchema = z.object({
  choices: z.array(z.object({ message: z.object({ content: z.string() }) })).min(1),
});

/** A text model behind OpenAI's "Create chat completion", which most servers of models offer. */
export class ChatModel {
  readonly #options: ChatModelOptions;

  constructor(options: ChatModelOptions) {
    this.#options = options;
  }

  get name(): string {
    return this.#options.model;
  }

  /** @returns what it says, trimmed @throws TextModelError; the signal's reason */
  async ask({ instructions, data, maxTokens }: ChatRequest, signal?: AbortSignal): Promise<string> {
    const { baseUrl, model, apiKey, clock, fetch: request = fetch } = this.#options;
    const late = new AbortController();
    const failed = new Error(`no answer within ${chatPatienceMs / 1000} s`);
    using _timer = clock.setTimeout(() => late.abort(failed), chatPatienceMs);
    const failure = (status: number | null, detail: string, cause?: unknown): TextModelError => {
      return new TextModelError(meaningOf({ status, retryAfterMs: null, code: null }), detail, { cause });
    };
    let status: number | null = null;
    let body: unknown;
    try {
      const response = await request(`${baseUrl.replace(/\/+$/, '')}/chat/completions`, {
        method: 'POST',
        redirect: 'error',
        signal: signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]),
        headers: {
          'content-type': 'application/json',
          ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
        },
        body: JSON.stringify({
          ...{ model, temperature: 0.2, max_tokens: maxTokens },
          messages: [
            { role: 'system', content: instructions },
            { role: 'user', content: data },
          ],
        }),
      });
      status = response.status;
      body = response.ok ? await response.json() : null;
    } catch (error) {
      signal?.throwIfAborted();
      throw failure(status, late.signal.aborted ? failed.message : 'it cannot be reached, or speaks no JSON', error);
    }
    if (status < 200 || status > 299) throw failure(status, `status ${status}`);
    const answer = answerSchema.safeParse(body);
    if (!answer.success) throw failure(status, 'the answer has another form');
    return (answer.data.choices[0]?.message.content ?? '').trim();
  }
}
