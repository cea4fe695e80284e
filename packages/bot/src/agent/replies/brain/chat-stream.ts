import type { Clock } from '@parley/protocol';
import { z } from 'zod';
import { postForPieces } from '../../provider/http/provider-request.ts';

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant';
  readonly content: string;
}

/** A text model that answers word by word. */
export interface StreamedChat {
  readonly model: string;
  /** Pieces of the answer as they come. @throws ProviderRequestError; the signal's reason */
  answer(messages: readonly ChatMessage[], signal: AbortSignal): AsyncIterable<string>;
}

export interface ChatStreamOptions {
  /** Up to and including the version: `/chat/completions` follows it. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey: string | null;
  readonly clock: Clock;
}

/** Nothing of an answer for so long, and it is given up, ms. */
const patienceMs = 15_000;
/** What is said aloud is short. */
const maxTokens = 600;
/** A line of a stream is never longer. */
const maxLine = 1_000_000;

const chunkSchema = z.object({
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish() }).optional(),
        message: z.object({ content: z.string().nullish() }).optional(),
      }),
    )
    .default([]),
});

const textOf = (json: string): string => {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return '';
  }
  const chunk = chunkSchema.safeParse(value);
  const [choice] = chunk.success ? chunk.data.choices : [];
  return choice?.delta?.content ?? choice?.message?.content ?? '';
};

/** Lines of a stream of bytes. */
async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, void> {
  const decoder = new TextDecoder();
  let waiting = '';
  for await (const piece of pieces) {
    waiting += decoder.decode(piece, { stream: true });
    if (waiting.length > maxLine) throw new Error('the text model sends a line without an end');
    const lines = waiting.split('\n');
    waiting = lines.pop() ?? '';
    yield* lines;
  }
  yield waiting;
}

/** Any service that speaks OpenAI's "Create chat completion" with `stream`; one that does not stream is heard out. */
export class ChatStream implements StreamedChat {
  readonly model: string;
  readonly #options: ChatStreamOptions;

  constructor(options: ChatStreamOptions) {
    this.model = options.model;
    this.#options = options;
  }

  async *answer(messages: readonly ChatMessage[], signal: AbortSignal): AsyncGenerator<string, void, void> {
    const { baseUrl, model, apiKey, clock } = this.#options;
    const pieces = postForPieces(
      {
        provider: 'The text model',
        url: `${baseUrl.replace(/\/+$/, '')}/chat/completions`,
        headers: {
          'content-type': 'application/json',
          ...(apiKey === null ? {} : { authorization: `Bearer ${apiKey}` }),
        },
        body: JSON.stringify({ model, messages, stream: true, max_tokens: maxTokens }),
        secrets: apiKey === null ? [] : [apiKey],
        patienceMs,
      },
      clock,
      signal,
    );
    for await (const line of linesOf(pieces)) {
      const text = line.trim();
      if (text === '' || text.startsWith(':')) continue;
      const data = text.startsWith('data:') ? text.slice(5).trim() : text;
      if (data === '[DONE]') return;
      const words = textOf(data);
      if (words !== '') yield words;
    }
  }
}
