import type { Clock } from '@parley/protocol';
import { type OpenResponse, ResponseSequencer } from '../dialect/response-sequencer.ts';
import { type CloseCode, closeCodes, noUsage, type ProviderEvents, type ResponseStatus } from '../provider-event.ts';
import type { ContextItem, ProviderConfig, ProviderSession, ResponseRequest } from '../realtime-provider.ts';
import { boundedSocket, socketUrl, type TlsTrust } from '../socket/dial.ts';
import { ProviderSocket } from '../socket/provider-socket.ts';
import { elevenLabsCodeOf, elevenLabsFatal } from './elevenlabs-refusals.ts';
import { VoiceContexts } from './voice-contexts.ts';
import { type VoiceEvent, voiceEventOf } from './voice-events.ts';
import { beginContext, closeContext, keepAlive, sayInContext } from './voice-messages.ts';

/** Hz of the PCM that is asked for. */
export const voiceRate = 24_000;
/** The longest ElevenLabs waits for text, seconds. */
const inactivitySeconds = 180;
/** What may be said at once, in letters. */
const longestText = 10_000;

export interface VoiceSessionOptions {
  /** Without a path. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly clock: Clock;
  readonly trust: TlsTrust;
  readonly config: ProviderConfig;
  readonly events: ProviderEvents;
}

/** One response: a text, in a context of its own. */
interface Saying {
  readonly requestId: string;
  readonly text: string;
  readonly contextId: string;
  /** What of it has become speech; empty where that is not told. */
  words: string;
  /** Something of it came. */
  begun: boolean;
}

/**
 * A voice over one socket of ElevenLabs: what was put into the conversation since the last response is spoken by the next. It says nothing when
 * it is ready; that it answers a ping after its first message was taken is the sign.
 */
export class VoiceSession implements ProviderSession {
  readonly #events: ProviderEvents;
  readonly #socket: ProviderSocket;
  readonly #sequencer: ResponseSequencer;
  readonly #contexts: VoiceContexts;
  /** Texts nobody has asked to be spoken yet. */
  #texts: string[] = [];
  /** What was to be spoken last, as long as none of it was heard: asked for again, it is said again. */
  #unheard: string;
  #saying: Saying | null = null;
  /** Letters that were paid for and are not told yet. */
  #owed = 0;
  #ping: () => void = () => undefined;
  #counted = 0;
  #closed = false;
  #saidEarly = false;

  constructor({ baseUrl, apiKey, clock, trust, config, events }: VoiceSessionOptions) {
    this.#events = events;
    const last = config.context.at(-1);
    this.#unheard = last?.role === 'assistant' ? last.text : '';
    const emit: ProviderEvents = (event) => {
      if (!this.#closed) events(event);
    };
    this.#sequencer = new ResponseSequencer({
      ...{ clock, emit },
      create: (id, request) => this.#create(id, request),
      cancel: () => this.#leave(),
    });
    this.#contexts = new VoiceContexts({
      clock,
      begin: (contextId) => void this.#socket.send(beginContext(contextId)),
      keepAlive: (contextId) => void this.#socket.send(keepAlive(contextId)),
    });
    const path = `/v1/text-to-speech/${encodeURIComponent(config.voice)}/multi-stream-input`;
    this.#socket = new ProviderSocket(
      {
        ...{ provider: 'ElevenLabs', clock, url: `${baseUrl}${path}`, secrets: [apiKey], codeOf: elevenLabsCodeOf },
        dial: async () => {
          if (config.voice === '') throw new Error('no voice is set; ElevenLabs has no default');
          const url = socketUrl(baseUrl, path, {
            ...{ model_id: config.model, output_format: `pcm_${voiceRate}` },
            ...{ inactivity_timeout: String(inactivitySeconds), sync_alignment: 'true' },
          });
          const dialled = boundedSocket(url, { 'xi-api-key': apiKey }, trust);
          this.#ping = () => dialled.socket.ping();
          dialled.socket.once('pong', () => this.#ready());
          return dialled;
        },
      },
      {
        opened: () => {
          this.#contexts.prepare();
          this.#ping();
        },
        message: (message) => this.#hear(voiceEventOf(message)),
        warning: (code, message) => emit({ type: 'warning', code, message }),
        closed: (code, reason) => this.#end(code, reason),
      },
    );
  }

  connect(signal: AbortSignal): Promise<void> {
    return this.#socket.connect(signal);
  }

  /** It hears nothing. */
  beginTurn(): void {}
  appendAudio(): void {}
  clearTurn(): void {}

  endTurn(): string {
    this.#warn('turn_empty', 'a voice hears nothing');
    return this.#nextId('turn');
  }

  /** What is to be said; all of it at the next response. */
  addText({ text }: ContextItem): void {
    if (!this.#isReady() || text.trim() === '') return;
    this.#texts.push(text.trim());
  }

  requestResponse(request: ResponseRequest): string {
    const requestId = this.#nextId('request');
    if (this.#isReady()) this.#sequencer.request(requestId, request);
    return requestId;
  }

  cancel(responseId: string): void {
    this.#sequencer.cancel(responseId);
  }

  /** It remembers nothing, and knows no tools. */
  truncate(): void {}
  updateInstructions(): void {}
  updateTools(): void {}

  submitToolResult(callId: string): void {
    this.#warn('tool_result_unasked', `there is no open call ${callId}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket[Symbol.asyncDispose]();
  }

  #ready(): void {
    if (this.#socket.isReady) return;
    this.#socket.ready();
    if (this.#socket.isReady) this.#events({ type: 'ready', fresh: true });
  }

  #create(requestId: string, { modality }: ResponseRequest): void {
    const whole = this.#texts.length > 0 ? this.#texts.join(' ') : this.#unheard;
    this.#texts = [];
    this.#unheard = '';
    const text = whole.slice(0, longestText);
    if (text === '') {
      this.#later(() => this.#sequencer.refused(requestId, 'nothing_to_say', 'there is no text to be spoken'));
      return;
    }
    if (text.length < whole.length) {
      this.#warn('text_cut', `a text of ${whole.length} letters was cut; ${longestText} can be said at once`);
    }
    if (modality === 'text') {
      this.#later(() => this.#write(requestId, text));
      return;
    }
    this.#unheard = text;
    this.#contexts.take((contextId) => {
      this.#saying = { requestId, text, contextId, words: '', begun: false };
      this.#owed += text.length;
      for (const message of sayInContext(contextId, text)) this.#socket.send(message);
      this.#contexts.prepare();
    });
  }

  /** Nothing is spoken: the text is the answer. */
  #write(requestId: string, text: string): void {
    const response = this.#sequencer.started(`written_${requestId}`, requestId);
    if (response === null) return;
    const itemId = `item_of_${response.id}`;
    this.#events({ type: 'output_transcript', responseId: response.id, itemId, text, final: true });
    this.#sequencer.finished(response, 'completed', noUsage);
  }

  /** The sequencer knows of a request only after it was made. */
  #later(act: () => void): void {
    queueMicrotask(() => {
      if (!this.#closed) act();
    });
  }

  #hear(event: VoiceEvent): void {
    if (event.type === 'garbage') {
      this.#socket.garbage(event.why);
      return;
    }
    if (event.type === 'error') {
      this.#error(event);
      return;
    }
    const saying = this.#saying;
    if (saying !== null && (event.contextId ?? saying.contextId) === saying.contextId) this.#spoken(saying, event);
    const ended = event.contextId ?? saying?.contextId;
    if (event.final && ended !== undefined) this.#contexts.ended(ended);
  }

  #spoken(saying: Saying, { pcm, words, final }: Extract<VoiceEvent, { type: 'spoken' }>): void {
    const response = this.#sequencer.started(saying.contextId, saying.requestId);
    if (response === null || response.cancelled) return;
    saying.begun = true;
    const ids = { responseId: response.id, itemId: `item_of_${response.id}` };
    if (words !== '') {
      saying.words += words;
      this.#events({ type: 'output_transcript', ...ids, text: saying.words, final: false });
    }
    if (pcm !== null && pcm.length > 0) {
      this.#unheard = '';
      this.#events({ type: 'audio', ...ids, pcm, rate: voiceRate });
    }
    // Whoever heard it may have stopped it.
    if (!final || this.#saying !== saying) return;
    this.#saying = null;
    const text = saying.words.trim() || saying.text;
    this.#events({ type: 'output_transcript', ...ids, text, final: true });
    this.#finish(response, 'completed');
  }

  /** What was being said is not wanted any more; none of it is told from here on. */
  #leave(): void {
    const saying = this.#saying;
    this.#contexts.forget();
    this.#saying = null;
    if (saying !== null) {
      this.#socket.send(closeContext(saying.contextId));
      this.#contexts.left(saying.contextId);
      const response = saying.begun ? this.#sequencer.of(saying.contextId) : null;
      if (response !== null) this.#finish(response, 'cancelled');
      else this.#tellLateUsage();
    }
    this.#sequencer.nothingToCancel();
  }

  #error({ contextId, code, message }: Extract<VoiceEvent, { type: 'error' }>): void {
    const fatal = elevenLabsFatal(code);
    if (fatal !== null || !this.#socket.isReady) {
      this.#socket.close(fatal ?? 'bad_config', message, code);
      return;
    }
    const saying = this.#saying;
    if (saying === null || (contextId ?? saying.contextId) !== saying.contextId) {
      this.#warn(code, message);
      return;
    }
    this.#saying = null;
    this.#contexts.left(saying.contextId);
    if (this.#sequencer.refused(saying.requestId, code, message)) return;
    this.#warn(code, message);
    const response = this.#sequencer.of(saying.contextId);
    if (response !== null) this.#finish(response, 'failed');
  }

  #finish(response: OpenResponse, status: ResponseStatus): void {
    const characters = this.#owed;
    this.#owed = 0;
    this.#sequencer.finished(response, status, { ...noUsage, characters });
  }

  /** What was paid for and is of no response that was told. */
  #tellLateUsage(): void {
    if (this.#owed === 0) return;
    this.#events({ type: 'late_usage', usage: { ...noUsage, characters: this.#owed } });
    this.#owed = 0;
  }

  #end(code: CloseCode, reason: string): void {
    const saying = this.#saying;
    this.#saying = null;
    this.#contexts[Symbol.dispose]();
    const response = saying?.begun === true ? this.#sequencer.of(saying.contextId) : null;
    if (response !== null) {
      if (code !== 'closed') this.#warn(code, `a response broke off: ${reason}`);
      this.#finish(response, code === 'closed' ? 'cancelled' : 'failed');
    }
    this.#sequencer.end(code, reason);
    this.#tellLateUsage();
    this.#closed = true;
    this.#events({ type: 'closed', code, reason, retryable: closeCodes[code].retryable });
  }

  #isReady(): boolean {
    if (this.#socket.isReady) return true;
    if (!this.#closed && !this.#saidEarly) {
      this.#saidEarly = true;
      this.#warn('not_ready', 'what is said before the provider is ready is lost');
    }
    return false;
  }

  #warn(code: string, message: string): void {
    if (!this.#closed) this.#events({ type: 'warning', code, message });
  }

  #nextId(kind: 'turn' | 'request'): string {
    this.#counted += 1;
    return `${kind}_${this.#counted}`;
  }
}
