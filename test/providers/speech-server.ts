import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Failure } from './openai-server.ts';
import { type Phrase, phrases } from './shared/phrases.ts';
import { readWavSpeech } from './speech-in-wav.ts';

/** A text that was asked to be spoken, or speech that was asked to be understood. */
export interface SpeechRequest {
  readonly path: string;
  readonly query: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Length of uploaded speech, seconds; null where there is none. */
  readonly seconds: number | null;
}

const key = 'sk-test';
const speechRate = 24_000;

/**
 * A service that speaks and hears over plain HTTP: OpenAI's `/v1/audio/speech`, ElevenLabs' `/v1/text-to-speech/{voice}/stream` and
 * `/v1/speech-to-text`. What it says is the phrase whose words it is given, or the first one.
 */
export class SpeechServer implements AsyncDisposable {
  readonly origin: string;
  readonly requests: SpeechRequest[] = [];
  /** What comes before the samples of an answer: nothing, unless a test wants a file's header there. */
  prefix = '';
  /** Answers that were broken off by who asked. */
  abandoned = 0;
  readonly #server: ReturnType<typeof createServer>;
  #failures: Failure[] = [];

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(): Promise<SpeechServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const started = new SpeechServer(server);
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      started.#handle(request, response).catch(() => response.destroy());
    });
    return started;
  }

  failNext(...failures: readonly Failure[]): void {
    this.#failures.push(...failures);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.origin);
    const body = await bodyOf(request);
    const failure = this.#failures.shift();
    if (failure?.kind === 'stall') return;
    if (failure?.kind === 'slow') await failure.until;
    if (failure?.kind === 'status') {
      respond(response, failure.status, { error: { code: failure.code ?? null, message: `as told, ${key}` } });
      return;
    }
    if (failure?.kind === 'garbage') {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html>');
      return;
    }
    const { authorization, 'xi-api-key': xiKey } = request.headers;
    if (authorization !== `Bearer ${key}` && xiKey !== key) {
      respond(response, 401, { error: { code: 'invalid_api_key', message: 'wrong key' } });
      return;
    }
    const { fields, seconds } = await read(body, request.headers['content-type'] ?? '');
    this.requests.push({ path: url.pathname, query: url.search, fields, seconds });
    if (url.pathname === '/v1/speech-to-text') {
      const { text } = phrases[0] as Phrase;
      const words = text.split(' ').map((word) => ({ text: word, type: 'word', logprob: -0.5 }));
      respond(response, 200, { language_code: 'en', text, words });
    } else if (url.pathname === '/v1/audio/speech' || url.pathname.startsWith('/v1/text-to-speech/')) {
      await this.#speak(String(fields.input ?? fields.text), response, failure?.kind === 'drop');
    } else respond(response, 404, {});
  }

  /** Sends the speech in pieces that end in the middle of a sample. */
  async #speak(text: string, response: ServerResponse, drop: boolean): Promise<void> {
    const pcm = (phrases.find((phrase) => phrase.text === text) ?? (phrases[0] as Phrase)).pcm(speechRate);
    let whole = false;
    response.once('close', () => {
      if (!whole && !drop) this.abandoned += 1;
    });
    response.writeHead(200, { 'content-type': 'audio/pcm' });
    if (this.prefix !== '') response.write(this.prefix);
    for (let at = 0; at < pcm.length && !response.destroyed; at += 4_801) {
      if (drop && at > pcm.length / 2) {
        response.destroy();
        return;
      }
      response.write(pcm.subarray(at, at + 4_801));
      await new Promise((resolve) => setImmediate(resolve));
    }
    whole = !response.destroyed;
    response.end();
  }
}

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const blocks: Buffer[] = [];
  for await (const block of request) blocks.push(block as Buffer);
  return Buffer.concat(blocks);
};

const read = async (body: Buffer, type: string): Promise<Pick<SpeechRequest, 'fields' | 'seconds'>> => {
  if (!type.startsWith('multipart/')) {
    return { fields: JSON.parse(body.toString('utf8')) as SpeechRequest['fields'], seconds: null };
  }
  const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
  const file = form.get('file');
  const seconds = file instanceof File ? readWavSpeech(new Uint8Array(await file.arrayBuffer())).seconds : null;
  return { fields: Object.fromEntries([...form].filter(([, value]) => typeof value === 'string')), seconds };
};

const respond = (response: ServerResponse, status: number, body: object): void => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};
