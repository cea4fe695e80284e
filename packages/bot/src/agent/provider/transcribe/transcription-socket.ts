import type { Clock } from '@parley/protocol';
import { InputTurn } from '../dialect/input-turn.ts';
import { openAiRate } from '../openai/openai-dialect.ts';
import { confidenceAsked, transcriptionSettings } from '../openai/transcription-settings.ts';
import type { Dial } from '../socket/dial.ts';
import type { JsonObject } from '../socket/json.ts';
import { ProviderSocket } from '../socket/provider-socket.ts';
import type { TranscriberConfig } from '../transcriber.ts';
import { CommitOrder } from './commit-order.ts';
import type { PieceSocket, PieceSocketHearer } from './live-transcription.ts';
import { TranscriptionEvents } from './transcription-events.ts';

export interface TranscriptionSocketOptions {
  readonly dial: Dial;
  readonly url: string;
  readonly secrets: readonly string[];
  readonly clock: Clock;
  readonly config: TranscriberConfig;
}

/** One socket of OpenAI's transcription sessions; what is said before it is ready is its owner's to keep. */
export class TranscriptionSocket implements PieceSocket {
  readonly #socket: ProviderSocket;
  readonly #order = new CommitOrder();
  readonly #input: InputTurn;
  readonly #events: TranscriptionEvents;

  constructor({ config, ...options }: TranscriptionSocketOptions, hearer: PieceSocketHearer) {
    this.#input = new InputTurn(openAiRate, (audio) => this.#socket.send({ type: 'input_audio_buffer.append', audio }));
    this.#socket = new ProviderSocket(
      { provider: 'OpenAI transcription', ...options },
      {
        opened: () => this.#socket.send(configuration(config)),
        message: (event) => this.#events.hear(event),
        warning: hearer.warning,
        closed: hearer.closed,
      },
    );
    this.#events = new TranscriptionEvents({
      ...hearer,
      warning: (code, message) => hearer.warning(code, this.#socket.clean(message)),
      failed: (id, code, message) => hearer.failed(id, code, this.#socket.clean(message)),
      order: this.#order,
      isReady: () => this.isReady,
      garbage: (why) => this.#socket.garbage(why),
      close: (code, reason, providerCode) => this.#socket.close(code, reason, providerCode),
      ready: () => {
        if (this.isReady) return;
        this.#socket.ready();
        hearer.ready();
      },
    });
  }

  get isReady(): boolean {
    return this.#socket.isReady;
  }

  /** @throws ProviderConnectError; the signal's reason */
  connect(signal: AbortSignal): Promise<void> {
    return this.#socket.connect(signal);
  }

  append(pcm: Uint8Array): void {
    this.#input.append(pcm);
  }

  /** Ends a piece. @returns false where there was nothing of it */
  commit(id: string): boolean {
    if (this.#input.isEmpty) return false;
    this.#input.end();
    this.#order.commit(id);
    this.#socket.send({ type: 'input_audio_buffer.commit', event_id: id });
    return true;
  }

  clear(): void {
    if (this.#input.isEmpty) return;
    this.#input.clear();
    this.#socket.send({ type: 'input_audio_buffer.clear' });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket[Symbol.asyncDispose]();
  }
}

/** A transcription session (OpenAI's API reference, "session.update"); the ends of pieces are ours. */
const configuration = ({ model, language, prompt, noiseReduction }: TranscriberConfig): JsonObject => ({
  type: 'session.update',
  session: {
    type: 'transcription',
    audio: {
      input: {
        format: { type: 'audio/pcm', rate: openAiRate },
        noise_reduction: noiseReduction === 'off' ? null : { type: noiseReduction },
        turn_detection: null,
        transcription: transcriptionSettings({ model, language, prompt }),
      },
    },
    ...confidenceAsked(model),
  },
});
