import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readWavSpeech, type WavSpeech } from './speech-in-wav.ts';

/** What the next request meets instead of an answer. `stall`: no answer; `drop`: the connection ends in the middle of one. */
export type Failure =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly code?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'stall' | 'garbage' | 'drop' }
  /** Answers, but only when `until` resolves. */
  | { readonly kind: 'slow'; readonly until: Promise<void> };

export interface TranscriptionRequest extends WavSpeech {
  readonly model: string;
  readonly language: string | null;
  readonly format: string;
  readonly grains: readonly string[];
  readonly bytes: number;
}

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly { readonly role: string; readonly content: string }[];
}

export interface OpenAiServerOptions {
  /** The key that is accepted; default `sk-test`. */
  readonly key?: string;
  /** What is said in each loud stretch; default `word one`, `word two`, counted over all requests. */
  readonly hear?: (stretch: { readonly start: number; readonly end: number }, request: TranscriptionRequest) => string;
  readonly answer?: (request: ChatRequest) => string;
}

/** Largest upload (OpenAI's API reference, "Create transcription"): 25 MB. */
const maxBytes = 25 * 1024 * 1024;

/** A service that speaks OpenAI's transcriptions and chat completions, with switches for what goes wrong. */
export class OpenAiServer implements AsyncDisposable {
  readonly baseUrl: string;
  readonly transcriptions: TranscriptionRequest[] = [];
  readonly chats: ChatRequest[] = [];
  /** Requests of any kind, failed ones included. */
  requests = 0;
  /** Requests that get no answer, as long as they are open. */
  stalled = 0;
  /** The most that were open at once. */
  atOnce = 0;
  #open = 0;
  #failures: Failure[] = [];
  #heard = 0;
  readonly #options: OpenAiServerOptions;
  readonly #server: ReturnType<typeof createServer>;

  private constructor(server: ReturnType<typeof createServer>, options: OpenAiServerOptions) {
    this.#server = server;
    this.#options = options;
    this.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  }

  static async start(options: OpenAiServerOptions = {}): Promise<OpenAiServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const started = new OpenAiServer(server, options);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      started.#handle(request, response).catch((error: unknown) => {
        if (!response.headersSent) fail(response, 400, error instanceof Error ? error.message : String(error));
      });
    });
    return started;
  }

  /** What the next requests meet, in order; the ones after them are answered. */
  failNext(...failures: readonly Failure[]): void {
    this.#failures.push(...failures);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    this.#open += 1;
    this.atOnce = Math.max(this.atOnce, this.#open);
    response.once('close', () => {
      this.#open -= 1;
    });
    const body = await bodyOf(request);
    const failure = this.#failures.shift();
    if (failure?.kind === 'stall') {
      this.stalled += 1;
      response.once('close', () => {
        this.stalled -= 1;
      });
      return;
    }
    if (failure?.kind === 'status') {
      fail(response, failure.status, 'as told', failure.code ?? null, failure.headers);
      return;
    }
    if (failure?.kind === 'garbage') {
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"text": 12, <html>');
      return;
    }
    if (failure?.kind === 'drop') {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' }).write('{"te');
      setImmediate(() => response.destroy());
      return;
    }
    if (failure?.kind === 'slow') await failure.until;
    if (request.headers.authorization !== `Bearer ${this.#options.key ?? 'sk-test'}`) {
      fail(response, 401, 'Incorrect API key provided', 'invalid_api_key');
      return;
    }
    const path = `${request.method} ${request.url}`;
    if (path === 'POST /v1/audio/transcriptions') {
      const form = await new Response(new Uint8Array(body), {
        headers: { 'content-type': request.headers['content-type'] ?? '' },
      }).formData();
      send(response, await this.#transcribe(form));
    } else if (path === 'POST /v1/chat/completions') {
      send(response, this.#chat(JSON.parse(body.toString('utf8')) as ChatRequest));
    } else fail(response, 404, `no ${path}`);
  }

  async #transcribe(form: FormData): Promise<object> {
    const file = form.get('file');
    const model = form.get('model');
    if (!(file instanceof File) || typeof model !== 'string') throw new Error('file and model are required');
    if (file.size > maxBytes) throw new Error('the file is too large');
    const format = String(form.get('response_format') ?? 'json');
    const grains = form.getAll('timestamp_granularities[]').map(String);
    if (grains.length > 0 && format !== 'verbose_json') throw new Error('timestamps need verbose_json');
    if (model.startsWith('gpt-') && format === 'verbose_json') throw new Error(`${model} does not give verbose_json`);
    const language = form.get('language');
    const speech = readWavSpeech(new Uint8Array(await file.arrayBuffer()));
    const request: TranscriptionRequest = {
      ...speech,
      ...{ model, format, grains, bytes: file.size, language: typeof language === 'string' ? language : null },
    };
    this.transcriptions.push(request);
    const said = speech.loud.map((stretch) => ({ ...stretch, text: this.#hear(stretch, request) }));
    const text = said.map((one) => one.text).join(' ');
    if (format !== 'verbose_json') return { text };
    const segments = said.map(({ start, end, text: words }, id) => ({
      ...{ id, seek: 0, start, end, text: ` ${words}`, tokens: [], temperature: 0 },
      ...{ avg_logprob: -0.2, compression_ratio: 1, no_speech_prob: 0.01 },
    }));
    const words = said.flatMap(({ start, end, text: all }) => {
      const each = all.split(' ');
      const step = (end - start) / each.length;
      return each.map((word, i) => ({ word, start: start + i * step, end: start + (i + 1) * step }));
    });
    return {
      ...{ task: 'transcribe', language: language ?? 'english', duration: speech.seconds, text },
      ...((grains.length === 0 || grains.includes('segment')) && { segments }),
      ...(grains.includes('word') && { words }),
    };
  }

  #hear(stretch: { readonly start: number; readonly end: number }, request: TranscriptionRequest): string {
    this.#heard += 1;
    return this.#options.hear?.(stretch, request) ?? `word ${this.#heard}`;
  }

  #chat(request: ChatRequest): object {
    if (!Array.isArray(request.messages) || typeof request.model !== 'string')
      throw new Error('messages and model are required');
    this.chats.push(request);
    const content = this.#options.answer?.(request) ?? 'As you say.';
    return {
      ...{
        id: `chatcmpl-${this.chats.length}`,
        object: 'chat.completion',
        created: 1_800_000_000,
        model: request.model,
      },
      choices: [
        { index: 0, finish_reason: 'stop', logprobs: null, message: { role: 'assistant', content, refusal: null } },
      ],
      usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    };
  }
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const blocks: Buffer[] = [];
  for await (const block of request) blocks.push(block as Buffer);
  return Buffer.concat(blocks);
};

const send = (response: ServerResponse, answer: object): void => {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
};

const fail = (
  response: ServerResponse,
  status: number,
  message: string,
  code: string | null = null,
  headers: Readonly<Record<string, string>> = {},
): void => {
  const error = { message, type: 'error', param: null, code };
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ error }));
};
