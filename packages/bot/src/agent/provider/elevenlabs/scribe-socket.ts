import type { Clock } from '@parley/protocol';
import { boundedSocket, socketUrl, type TlsTrust } from '../socket/dial.ts';
import { type JsonObject, textOf } from '../socket/json.ts';
import { ProviderSocket } from '../socket/provider-socket.ts';
import type { PieceSocket, PieceSocketHearer } from '../transcribe/live-transcription.ts';
import type { TranscriberConfig } from '../transcriber.ts';
import { elevenLabsCodeOf, elevenLabsFatal } from './elevenlabs-refusals.ts';

/** Hz of the PCM it hears. */
export const scribeRate = 16_000;
/** Bytes of PCM in one message: a second. */
const mostInOne = scribeRate * 2;
/** Shorter pieces are refused (`commit_throttled`): 0.3 s (ElevenLabs' guide "Transcripts and commit strategies"). */
const shortestMs = 300;

export interface ScribeSocketOptions {
  /** Without a path. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly clock: Clock;
  readonly trust: TlsTrust;
  readonly config: TranscriberConfig;
}

/** A piece that was committed; `id` null: nobody wants to know what was said in it. */
interface Committed {
  readonly id: string | null;
  readonly seconds: number;
}

/**
 * One socket of ElevenLabs' realtime transcription (its API reference, "Realtime speech to text"); the ends of pieces are ours. Its answers name no
 * piece: they come in the order of the commits.
 */
export class ScribeSocket implements PieceSocket {
  readonly #socket: ProviderSocket;
  readonly #hearer: PieceSocketHearer;
  #committed: Committed[] = [];
  #bytes = 0;
  #half: Buffer = Buffer.alloc(0);

  constructor({ baseUrl, apiKey, clock, trust, config }: ScribeSocketOptions, hearer: PieceSocketHearer) {
    this.#hearer = hearer;
    const path = '/v1/speech-to-text/realtime';
    const { model, language } = config;
    const query = {
      ...{ model_id: model, commit_strategy: 'manual', audio_format: `pcm_${scribeRate}` },
      ...(language !== '' && { language_code: language }),
    };
    this.#socket = new ProviderSocket(
      {
        ...{ provider: 'ElevenLabs transcription', clock, url: `${baseUrl}${path}`, secrets: [apiKey] },
        codeOf: elevenLabsCodeOf,
        dial: async () => boundedSocket(socketUrl(baseUrl, path, query), { 'xi-api-key': apiKey }, trust),
      },
      {
        opened: () => undefined,
        message: (message) => this.#hear(message),
        warning: hearer.warning,
        closed: hearer.closed,
      },
    );
  }

  get isReady(): boolean {
    return this.#socket.isReady;
  }

  connect(signal: AbortSignal): Promise<void> {
    return this.#socket.connect(signal);
  }

  append(pcm: Uint8Array): void {
    this.#bytes += pcm.length;
    const all = Buffer.concat([this.#half, pcm]);
    const whole = all.length & ~1;
    for (let at = 0; at < whole; at += mostInOne) this.#send(all.subarray(at, Math.min(whole, at + mostInOne)), false);
    this.#half = all.subarray(whole);
  }

  commit(id: string): boolean {
    if (this.#bytes === 0) return false;
    this.#commit(id);
    return true;
  }

  /** What was said cannot be unsaid: it is a piece of its own that nobody is told of. */
  clear(): void {
    if (this.#bytes > 0) this.#commit(null);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket[Symbol.asyncDispose]();
  }

  #commit(id: string | null): void {
    const samples = this.#bytes >> 1;
    const missing = Math.max(0, (scribeRate * shortestMs) / 1000 - samples);
    this.#committed.push({ id, seconds: (samples + missing) / scribeRate });
    this.#bytes = 0;
    this.#half = Buffer.alloc(0);
    this.#send(Buffer.alloc(missing * 2), true);
  }

  #send(pcm: Buffer, commit: boolean): void {
    this.#socket.send({
      ...{ message_type: 'input_audio_chunk', audio_base_64: pcm.toString('base64') },
      ...{ commit, sample_rate: scribeRate },
    });
  }

  #hear(message: JsonObject): void {
    const type = textOf(message, 'message_type');
    const text = textOf(message, 'text') ?? '';
    if (type === null) {
      this.#socket.garbage('a message without a type');
      return;
    }
    switch (type) {
      case 'session_started':
        if (this.isReady) return;
        this.#socket.ready();
        this.#hearer.ready();
        return;
      case 'partial_transcript': {
        const [first] = this.#committed;
        if (first?.id) this.#hearer.partial(first.id, text);
        return;
      }
      case 'committed_transcript': {
        const done = this.#committed.shift();
        if (!done?.id) return;
        const usage = { per: 'second', seconds: done.seconds } as const;
        this.#hearer.final(done.id, { text: text.trim(), confidence: null, usage });
        return;
      }
      default:
        if (textOf(message, 'error') !== null) this.#error(type, textOf(message, 'error') ?? '');
        return;
    }
  }

  #error(code: string, message: string): void {
    const fatal = elevenLabsFatal(code);
    if (fatal !== null || !this.isReady) {
      this.#socket.close(fatal ?? 'bad_config', message, code);
      return;
    }
    const failed = this.#committed.shift();
    if (failed?.id) this.#hearer.failed(failed.id, code, message);
    else this.#hearer.warning(code, message);
  }
}
