import type { Clock } from '@parley/protocol';
import { ToolCalls } from '../dialect/tool-calls.ts';
import { type CloseCode, closeCodes, type ProviderEvents } from '../provider-event.ts';
import type { ContextItem, ProviderConfig, ProviderSession, ResponseRequest } from '../realtime-provider.ts';
import type { TlsTrust } from '../socket/dial.ts';
import type { JsonObject } from '../socket/json.ts';
import { ProviderSocket } from '../socket/provider-socket.ts';
import { GeminiAnswers } from './gemini-answers.ts';
import { geminiDial } from './gemini-dial.ts';
import { GeminiEvents } from './gemini-events.ts';
import { activityEnd, activityStart, audioMessages, contentMessage, WaitingTexts } from './gemini-input.ts';
import { geminiCodeOf } from './gemini-refusals.ts';
import { GeminiUsage } from './gemini-usage.ts';
import { HeardTurns } from './heard-turns.ts';
import { ToolBatches } from './tool-batches.ts';

export interface GeminiSessionOptions {
  /** Absent: Google's. */
  readonly baseUrl?: string;
  readonly apiKey: string;
  readonly clock: Clock;
  readonly trust: TlsTrust;
  readonly config: ProviderConfig;
  readonly events: ProviderEvents;
}

/** Where Google's live sessions are, for diagnostics. */
const googleUrl = 'https://generativelanguage.googleapis.com';

/** One live session with Gemini, over one socket. */
export class GeminiSession implements ProviderSession {
  readonly #config: ProviderConfig;
  readonly #events: ProviderEvents;
  readonly #socket: ProviderSocket;
  readonly #answers: GeminiAnswers;
  readonly #turns: HeardTurns;
  readonly #calls = new ToolCalls();
  readonly #batches = new ToolBatches();
  readonly #texts = new WaitingTexts();
  readonly #hearing: GeminiEvents;
  /** The turn under way, where some of it was sent. */
  #turnId: string | null = null;
  #half: Buffer = Buffer.alloc(0);
  #instructions: string;
  #counted = 0;
  #closed = false;
  #saidEarly = false;

  constructor({ baseUrl, apiKey, clock, trust, config, events }: GeminiSessionOptions) {
    this.#config = config;
    this.#events = events;
    this.#instructions = config.instructions;
    const usage = new GeminiUsage();
    const emit: ProviderEvents = (event) => {
      if (!this.#closed) events(event);
    };
    this.#turns = new HeardTurns(config.inputTranscription === null ? () => undefined : emit);
    this.#answers = new GeminiAnswers({
      ...{ clock, emit, usage: () => usage.take() },
      ask: (request) => this.#ask(request),
    });
    this.#socket = new ProviderSocket(
      {
        ...{ provider: 'Gemini', clock, url: baseUrl ?? googleUrl, secrets: [apiKey], codeOf: geminiCodeOf },
        dial: geminiDial({
          ...{ apiKey, config, trust, send: (message) => void this.#socket.send(message) },
          ...(baseUrl !== undefined && { baseUrl }),
        }),
      },
      {
        // Google's client sends the configuration.
        opened: () => undefined,
        message: (message) => this.#hearing.hear(message),
        warning: (code, message) => emit({ type: 'warning', code, message }),
        closed: (code, reason) => this.#end(code, reason),
      },
    );
    this.#hearing = new GeminiEvents({
      ...{ emit, answers: this.#answers, turns: this.#turns, usage, calls: this.#calls },
      isReady: () => this.#socket.isReady,
      ready: () => this.#ready(),
      garbage: (why) => this.#socket.garbage(why),
      close: (code, reason, providerCode) => this.#socket.close(code, reason, providerCode),
      called: (calls, wanted) => this.#called(calls, wanted),
      callCancelled: (callId) => this.#callCancelled(callId),
    });
  }

  connect(signal: AbortSignal): Promise<void> {
    return this.#socket.connect(signal);
  }

  beginTurn(): void {
    this.clearTurn();
  }

  /** The first of a turn stops what the model is saying. */
  appendAudio(pcm: Uint8Array): void {
    if (pcm.length === 0 || !this.#isReady()) return;
    if (this.#turnId === null) {
      this.#sayTexts();
      this.#turnId = this.#nextId('turn');
      this.#turns.begun(this.#turnId);
      this.#send(activityStart);
    }
    const all = Buffer.concat([this.#half, pcm]);
    const whole = all.length & ~1;
    for (const message of audioMessages(all.subarray(0, whole))) this.#send(message);
    this.#half = all.subarray(whole);
  }

  /** What was said cannot be unsaid: the turn ends, and its answer is for nobody. */
  clearTurn(): void {
    if (this.#turnId === null) return;
    this.#turnId = null;
    this.#half = Buffer.alloc(0);
    this.#turns.ended(true);
    this.#send(activityEnd);
    this.#answers.givenInVain();
  }

  endTurn(): string {
    const turnId = this.#turnId ?? this.#nextId('turn');
    if (this.#turnId === null) {
      this.#warn('turn_empty', 'a turn without audio is not sent');
      return turnId;
    }
    this.#turnId = null;
    this.#half = Buffer.alloc(0);
    this.#turns.ended();
    this.#send(activityEnd);
    this.#answers.given('turn');
    return turnId;
  }

  /** Waits until the model is silent: whatever is put into the conversation stops it. */
  addText(item: ContextItem): void {
    if (!this.#isReady()) return;
    if (!this.#texts.add(item)) this.#warn('text_dropped', 'too many texts wait; the oldest was dropped');
    if (!this.#answers.isUnderWay && this.#turnId === null) this.#sayTexts();
  }

  requestResponse(request: ResponseRequest): string {
    const requestId = this.#nextId('request');
    if (this.#isReady()) this.#answers.request(requestId, request);
    return requestId;
  }

  cancel(responseId: string): void {
    this.#answers.cancel(responseId);
  }

  /** It cannot take back what was not heard. */
  truncate(): void {}

  submitToolResult(callId: string, output: string): void {
    const answer = this.#calls.answer(callId, output);
    if (answer === null) {
      this.#warn('tool_result_unasked', `there is no open call ${callId}`);
      return;
    }
    if (answer.cut) this.#warn('tool_result_cut', `the result of ${callId} is too long and was cut`);
    this.#sendResults(this.#batches.answered(callId, answer.output), true);
  }

  /** Its instructions are set once: newer ones are told as a part of the conversation. */
  updateInstructions(instructions: string): void {
    if (instructions === this.#instructions) return;
    this.#instructions = instructions;
    this.addText({
      role: 'system',
      text: `From here on these instructions are in force, and no earlier ones: ${instructions}`,
    });
  }

  /** Its tools are set once. */
  updateTools(): void {}

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket[Symbol.asyncDispose]();
  }

  #ready(): void {
    if (this.#socket.isReady) return;
    this.#socket.ready();
    const { context, resumeHandle } = this.#config;
    if (context.length > 0) this.#send(contentMessage(context, false));
    this.#events({ type: 'ready', fresh: resumeHandle === null });
  }

  #ask({ instructions }: ResponseRequest): void {
    const wish: readonly ContextItem[] =
      instructions === undefined ? [] : [{ role: 'system', text: `For your next answer alone: ${instructions}` }];
    this.#send(contentMessage([...this.#texts.take(), ...wish], true));
  }

  #sayTexts(): void {
    if (!this.#texts.isEmpty) this.#send(contentMessage(this.#texts.take(), false));
  }

  /** A model that gets no answer to a call says nothing more: what nobody waits for is answered here. */
  #called(calls: readonly { readonly callId: string; readonly name: string }[], wanted: boolean): void {
    this.#batches.called(calls);
    if (wanted) return;
    const output = JSON.stringify({ error: 'cancelled', message: 'Nobody waits for this any more.' });
    for (const { callId } of calls) {
      if (this.#calls.answer(callId, output) !== null) {
        this.#sendResults(this.#batches.answered(callId, output), false);
      }
    }
  }

  #callCancelled(callId: string): void {
    // Whoever answers it now is told that nobody waits.
    if (this.#calls.answer(callId, '') === null) return;
    this.#events({ type: 'tool_call_cancelled', callId });
    this.#sendResults(this.#batches.cancelled(callId), true);
  }

  #sendResults(functionResponses: readonly JsonObject[] | null, wanted: boolean): void {
    if (functionResponses === null) return;
    if (this.#send({ toolResponse: { functionResponses } }) && wanted) this.#answers.given('tools');
  }

  #end(code: CloseCode, reason: string): void {
    this.#turns.forget();
    this.#answers.end(code, reason);
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

  #send(message: JsonObject): boolean {
    return this.#isReady() && this.#socket.send(message);
  }

  #warn(code: string, message: string): void {
    if (!this.#closed) this.#events({ type: 'warning', code, message });
  }

  #nextId(kind: 'turn' | 'request'): string {
    this.#counted += 1;
    return `${kind}_${this.#counted}`;
  }
}
