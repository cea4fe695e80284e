import type { Clock } from '@parley/protocol';
import { type CloseCode, closeCodes, type ProviderEvents } from '../provider-event.ts';
import type {
  ContextItem,
  ProviderConfig,
  ProviderSession,
  ResponseRequest,
  ToolDefinition,
} from '../realtime-provider.ts';
import type { Dial } from '../socket/dial.ts';
import type { JsonObject } from '../socket/json.ts';
import { ProviderSocket } from '../socket/provider-socket.ts';
import { CommittedTurns } from './committed-turns.ts';
import type { Dialect } from './dialect.ts';
import { InputTurn } from './input-turn.ts';
import { ItemAudio } from './item-audio.ts';
import { ResponseSequencer } from './response-sequencer.ts';
import { ServerEvents } from './server-events.ts';
import { ToolCalls } from './tool-calls.ts';

export interface DialectSessionOptions {
  readonly dialect: Dialect;
  readonly config: ProviderConfig;
  readonly events: ProviderEvents;
  readonly dial: Dial;
  readonly url: string;
  readonly secrets: readonly string[];
  readonly clock: Clock;
}

/** A conversation in OpenAI's Realtime protocol or one of its dialects, over one socket. */
export class DialectSession implements ProviderSession {
  readonly #dialect: Dialect;
  readonly #config: ProviderConfig;
  readonly #events: ProviderEvents;
  readonly #socket: ProviderSocket;
  readonly #sequencer: ResponseSequencer;
  readonly #calls = new ToolCalls();
  readonly #items = new ItemAudio();
  readonly #turns = new CommittedTurns();
  readonly #input: InputTurn;
  readonly #hearing: ServerEvents;
  #instructions: string;
  #outputRate: number;
  #counted = 0;
  #closed = false;
  #saidEarly = false;

  constructor({ dialect, config, events, ...socket }: DialectSessionOptions) {
    this.#dialect = dialect;
    this.#config = config;
    this.#events = events;
    this.#instructions = config.instructions;
    this.#outputRate = dialect.capabilities.outputRate;
    const emit: ProviderEvents = (event) => {
      if (this.#closed) return;
      events(event.type === 'warning' ? { ...event, message: this.#socket.clean(event.message) } : event);
    };
    this.#sequencer = new ResponseSequencer({
      clock: socket.clock,
      emit,
      create: (id, request) => this.#create(id, request),
      cancel: (responseId) => this.#send(dialect.cancel(responseId)),
    });
    this.#input = new InputTurn(dialect.capabilities.inputRate, (audio) =>
      this.#send({ type: 'input_audio_buffer.append', audio }),
    );
    this.#socket = new ProviderSocket(
      { provider: dialect.name, ...socket },
      {
        opened: () => this.#socket.send(dialect.configure(config)),
        message: (event) => this.#hearing.hear(event),
        warning: (code, message) => emit({ type: 'warning', code, message }),
        closed: (code, reason) => this.#end(code, reason),
      },
    );
    this.#hearing = new ServerEvents(dialect.kinds, {
      emit,
      sequencer: this.#sequencer,
      calls: this.#calls,
      items: this.#items,
      turns: this.#turns,
      outputRate: () => this.#outputRate,
      garbage: (why) => this.#socket.garbage(why),
      close: (code, reason, providerCode) => this.#socket.close(code, reason, providerCode),
      ready: (session) => this.#ready(session),
      isReady: () => this.#socket.isReady,
    });
  }

  connect(signal: AbortSignal): Promise<void> {
    return this.#socket.connect(signal);
  }

  beginTurn(): void {
    if (!this.#input.isEmpty) this.clearTurn();
  }

  appendAudio(pcm: Uint8Array): void {
    this.#input.append(pcm);
  }

  clearTurn(): void {
    if (this.#input.isEmpty) return;
    this.#input.clear();
    this.#send({ type: 'input_audio_buffer.clear' });
  }

  endTurn(): string {
    const turnId = this.#nextId('turn');
    if (this.#input.isEmpty) {
      this.#warn('turn_empty', 'a turn without audio is not sent');
      return turnId;
    }
    const paddedMs = this.#input.end();
    if (paddedMs > 0)
      this.#warn('turn_padded', `${Math.round(paddedMs)} ms of silence were added to a turn too short to be taken`);
    if (this.#send({ type: 'input_audio_buffer.commit', event_id: turnId })) this.#turns.commit(turnId);
    return turnId;
  }

  addText(item: ContextItem): void {
    this.#send(this.#dialect.item(item));
  }

  requestResponse(request: ResponseRequest): string {
    const requestId = this.#nextId('request');
    if (this.#isReady()) this.#sequencer.request(requestId, request);
    return requestId;
  }

  cancel(responseId: string): void {
    this.#sequencer.cancel(responseId);
  }

  truncate(itemId: string, audioEndMs: number): void {
    if (!this.#dialect.capabilities.truncates) return;
    const truncation = this.#items.truncation(itemId, audioEndMs);
    if (truncation.how === 'leave') return;
    if (truncation.how === 'delete') {
      this.#items.forget(itemId);
      this.#send({ type: 'conversation.item.delete', item_id: itemId });
      return;
    }
    const { audioEndMs: end } = truncation;
    this.#send({ type: 'conversation.item.truncate', item_id: itemId, content_index: 0, audio_end_ms: end });
  }

  submitToolResult(callId: string, output: string): void {
    const answer = this.#calls.answer(callId, output);
    if (answer === null) {
      this.#warn('tool_result_unasked', `there is no open call ${callId}`);
      return;
    }
    if (answer.cut) this.#warn('tool_result_cut', `the result of ${callId} is too long and was cut`);
    this.#send({
      type: 'conversation.item.create',
      item: { type: 'function_call_output', call_id: callId, output: answer.output },
    });
  }

  updateInstructions(instructions: string): void {
    if (instructions === this.#instructions) return;
    this.#instructions = instructions;
    this.#send(this.#dialect.updateInstructions(instructions));
  }

  updateTools(tools: readonly ToolDefinition[]): void {
    this.#send(this.#dialect.updateTools(tools));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#socket[Symbol.asyncDispose]();
  }

  #create(requestId: string, { instructions, modality, withoutTools = false }: ResponseRequest): void {
    // A response's instructions take the place of the session's, they are not added to them.
    const whole = instructions === undefined ? null : [this.#instructions, instructions].filter(Boolean).join('\n\n');
    this.#send(this.#dialect.respond({ requestId, instructions: whole, modality, withoutTools }));
  }

  /** The provider also says so after each later change of the configuration. */
  #ready(session: JsonObject): void {
    if (this.#socket.isReady) return;
    const { inputRate, outputRate, oddFormat } = this.#dialect.audioOf(session);
    if (oddFormat !== null) {
      this.#socket.close('bad_config', `the provider wants audio as ${oddFormat}, not as 16-bit PCM`, 'audio_format');
      return;
    }
    this.#socket.ready();
    for (const item of this.#config.context) this.addText(item);
    this.#events({ type: 'ready', fresh: true });
    const { capabilities } = this.#dialect;
    if (inputRate !== null && inputRate !== capabilities.inputRate) {
      this.#warn(
        'input_rate',
        `the provider takes audio at ${inputRate} Hz, it is sent at ${capabilities.inputRate} Hz`,
      );
    }
    if (outputRate !== null && outputRate !== capabilities.outputRate) {
      this.#outputRate = outputRate;
      this.#warn(
        'output_rate',
        `the provider speaks at ${outputRate} Hz, asked for were ${capabilities.outputRate} Hz`,
      );
    }
  }

  #end(code: CloseCode, reason: string): void {
    this.#sequencer.end(code, reason);
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
