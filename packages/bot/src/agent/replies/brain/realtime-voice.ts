import type { ProviderEvent } from '../../provider/provider-event.ts';
import type { ProviderCapabilities, ProviderSession } from '../../provider/realtime-provider.ts';
import type { SpeechSynthesizer } from '../../provider/transcriber.ts';

interface Saying {
  readonly requestId: string;
  responseId: string | null;
  readonly pieces: Uint8Array[];
  over: boolean;
  failed: boolean;
  wake: () => void;
}

export interface RealtimeVoiceOptions {
  readonly capabilities: Pick<ProviderCapabilities, 'outputRate' | 'inputRate'>;
  readonly session: () => ProviderSession | null;
}

/** Speaks text through the conversation of a realtime provider (`ttsMode: realtime`): one response for each piece. */
export class RealtimeVoice implements SpeechSynthesizer {
  readonly rate: number;
  readonly #options: RealtimeVoiceOptions;
  #saying: Saying | null = null;

  constructor(options: RealtimeVoiceOptions) {
    this.#options = options;
    this.rate = options.capabilities.outputRate;
  }

  async *speak(text: string, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
    const { session, capabilities } = this.#options;
    const open = session();
    if (open === null) throw new Error('the voice is not connected');
    const speaksOnly = capabilities.inputRate === null;
    if (speaksOnly) open.addText({ role: 'assistant', text });
    const requestId = open.requestResponse({
      modality: 'audio',
      withoutTools: true,
      ...(speaksOnly
        ? {}
        : { instructions: `Say exactly this, word for word, and nothing else: ${JSON.stringify(text)}` }),
    });
    const saying: Saying = {
      requestId,
      responseId: null,
      pieces: [],
      over: false,
      failed: false,
      wake: () => undefined,
    };
    this.#saying = saying;
    const stop = (): void => saying.wake();
    signal.addEventListener('abort', stop);
    try {
      for (;;) {
        signal.throwIfAborted();
        const piece = saying.pieces.shift();
        if (piece !== undefined) yield piece;
        else if (saying.failed) throw new Error('the voice did not speak');
        else if (saying.over) return;
        else
          await new Promise<void>((resolve) => {
            saying.wake = resolve;
          });
      }
    } finally {
      signal.removeEventListener('abort', stop);
      if (!saying.over && saying.responseId !== null) session()?.cancel(saying.responseId);
      if (this.#saying === saying) this.#saying = null;
    }
  }

  /** What the provider says. */
  event(event: ProviderEvent): void {
    const saying = this.#saying;
    if (!saying) {
      // Nobody waits for it any more.
      if (event.type === 'response_started') this.#options.session()?.cancel(event.responseId);
      return;
    }
    if (event.type === 'response_started' && event.requestId === saying.requestId) saying.responseId = event.responseId;
    else if (event.type === 'audio' && event.responseId === saying.responseId) saying.pieces.push(event.pcm);
    else if (event.type === 'response_finished' && event.responseId === saying.responseId) {
      saying.over = true;
      saying.failed = event.status === 'failed' && saying.pieces.length === 0;
    } else return;
    saying.wake();
  }

  /** The conversation is gone. */
  lost(): void {
    if (!this.#saying) return;
    this.#saying.over = true;
    this.#saying.failed = true;
    this.#saying.wake();
  }
}
