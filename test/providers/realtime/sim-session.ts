import type { Connection, Message } from '../shared/connection.ts';
import type { Failures } from '../shared/failure.ts';
import type { Pace } from '../shared/pace.ts';
import { type Answer, echoPersona, type Scenario, understandInTurn } from './scenario.ts';
import type { SimDialect } from './sim-dialect.ts';
import { SimResponse } from './sim-response.ts';

/** What is odd about the sessions of a server; all of it can change while it runs. */
export interface SessionSwitches {
  /** Whether the configuration is answered at all. */
  ready: boolean;
  /** Hz it says, and at which it speaks, whatever it was asked for; null: as asked. */
  outputRate: number | null;
  /** The format it says that it speaks. */
  outputFormat: string;
  /** Understood turns come in the reverse order, once there are two. */
  transcriptsReversed: boolean;
  /** Every turn is refused as too short. */
  refusesTurns: boolean;
  /** Understood turns never come. */
  transcriptsWithheld: boolean;
}

export interface SimSessionOptions {
  readonly connection: Connection;
  readonly dialect: SimDialect;
  readonly scenario: Scenario;
  readonly failures: Failures;
  readonly switches: SessionSwitches;
  readonly pace: Pace;
  readonly transcription: boolean;
  readonly model: string;
  readonly knownModels: ReadonlySet<string> | null;
}

interface Turn {
  readonly itemId: string;
  readonly number: number;
  readonly pcm: Buffer;
}

const inputRate = 24_000;
const msOf = (bytes: number): number => (bytes / 2 / inputRate) * 1000;
const asMessage = (value: unknown): Message => (typeof value === 'object' && value !== null ? (value as Message) : {});

/** One session of a simulated realtime model: strict about what it is sent, as far as the real one is. */
export class SimSession {
  readonly #options: SimSessionOptions;
  /** Items of the conversation by id, with the speech they hold, ms. */
  readonly items = new Map<string, { ms: number }>();
  /** Errors it sent, as `code: message`. */
  readonly complaints: string[] = [];
  #session: Message = {};
  #buffer: Buffer[] = [];
  #active: SimResponse | null = null;
  #openCalls = new Set<string>();
  #counted = 0;
  #turns = 0;
  #responses = 0;
  #previousItem: string | null = null;
  #texts: string[] = [];
  #outputs: string[] = [];
  #audioMs = 0;
  #understood: Turn[] = [];
  #doubled = false;

  constructor(options: SimSessionOptions) {
    this.#options = options;
    const { connection, model, knownModels } = options;
    connection.attend(
      (message) => this.#take(message),
      () => this.#active?.cancel(),
    );
    if (knownModels !== null && !knownModels.has(model) && !options.transcription) {
      this.#complain('model_not_found', `The model '${model}' does not exist or you do not have access to it.`, null);
      connection.close(4000, 'model_not_found');
      return;
    }
    this.#emit('session.created', {
      session: { id: this.#nextId('sess'), object: 'realtime.session', type: 'realtime', model },
    });
  }

  #take(message: Message): void {
    const type = String(message.type);
    const { dialect } = this.#options;
    const eventId = typeof message.event_id === 'string' ? message.event_id : null;
    if (!dialect.takes.has(type)) {
      this.#complain('invalid_value', `Invalid value: '${type}'.`, eventId);
      return;
    }
    const item = asMessage(message.item);
    switch (type) {
      case 'session.update':
        this.#configure(asMessage(message.session), eventId);
        break;
      case 'input_audio_buffer.append':
        this.#append(String(message.audio), eventId);
        break;
      case 'input_audio_buffer.clear':
        this.#buffer = [];
        this.#emit('input_audio_buffer.cleared', {});
        break;
      case 'input_audio_buffer.commit':
        this.#commit(eventId);
        break;
      case 'conversation.item.create':
        this.#addItem(item, eventId);
        break;
      case 'conversation.item.delete':
        if (this.items.delete(String(message.item_id)))
          this.#emit('conversation.item.deleted', { item_id: message.item_id });
        else this.#complain('item_delete_invalid_item_id', 'Error deleting item: the item does not exist.', eventId);
        break;
      case 'conversation.item.truncate':
        this.#truncate(String(message.item_id), message.audio_end_ms, eventId);
        break;
      case 'response.create':
        this.#respond(message, eventId);
        break;
      case 'response.cancel':
        if (this.#active === null)
          this.#complain('response_cancel_not_active', 'Cancellation failed: no active response found', eventId);
        else this.#active.cancel();
        break;
      default:
        this.#complain('invalid_value', `'${type}' is not simulated`, eventId);
    }
  }

  #configure(session: Message, eventId: string | null): void {
    const { switches, dialect } = this.#options;
    const wrong = dialect.refuses(session);
    if (wrong !== null) {
      this.#complain('missing_required_parameter', wrong, eventId);
      return;
    }
    this.#session = { ...this.#session, ...session };
    if (!switches.ready) return;
    const audio = asMessage(this.#session.audio);
    const output = asMessage(audio.output);
    const format = asMessage(output.format);
    const told = { ...format, type: switches.outputFormat, rate: switches.outputRate ?? format.rate ?? inputRate };
    const type = this.#options.transcription ? 'transcription' : 'realtime';
    this.#emit('session.updated', {
      session: {
        object: 'realtime.session',
        id: 'sess_1',
        ...this.#session,
        type,
        audio: { ...audio, ...(type === 'realtime' && { output: { ...output, format: told } }) },
      },
    });
  }

  #append(audio: string, eventId: string | null): void {
    if (!/^[A-Za-z0-9+/]+={0,2}$/.test(audio)) {
      this.#complain('invalid_value', "Invalid 'audio'. Expected base64-encoded audio bytes.", eventId);
      return;
    }
    this.#buffer.push(Buffer.from(audio, 'base64'));
  }

  #commit(eventId: string | null): void {
    const pcm = Buffer.concat(this.#buffer);
    this.#buffer = [];
    if (msOf(pcm.length) < 100 || this.#options.switches.refusesTurns) {
      const got = msOf(pcm.length).toFixed(2);
      this.#complain(
        'input_audio_buffer_commit_empty',
        `Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, but buffer only has ${got}ms of audio.`,
        eventId,
      );
      return;
    }
    const itemId = this.#nextId('item');
    this.#turns += 1;
    this.#audioMs += msOf(pcm.length);
    this.#emit('input_audio_buffer.committed', { item_id: itemId, previous_item_id: this.#previousItem });
    this.#added({
      id: itemId,
      type: 'message',
      role: 'user',
      status: 'completed',
      content: [{ type: 'input_audio', transcript: null }],
    });
    this.items.set(itemId, { ms: msOf(pcm.length) });
    const wanted = asMessage(asMessage(asMessage(this.#session.audio).input).transcription);
    if (this.#options.dialect.understandsUnasked || typeof wanted.model === 'string')
      this.#understand({ itemId, number: this.#turns, pcm });
  }

  #understand(turn: Turn): void {
    const { switches } = this.#options;
    if (switches.transcriptsWithheld) return;
    this.#understood.push(turn);
    if (switches.transcriptsReversed && this.#understood.length < 2) return;
    const due = switches.transcriptsReversed ? this.#understood.toReversed() : this.#understood;
    this.#understood = [];
    for (const one of due) this.#transcribe(one);
  }

  #transcribe({ itemId, number, pcm }: Turn): void {
    const { scenario } = this.#options;
    const text = (scenario.hear ?? understandInTurn)({ number, pcm, audioMs: msOf(pcm.length) });
    const ids = { item_id: itemId, content_index: 0 };
    const prefix = 'conversation.item.input_audio_transcription';
    if (text === null) {
      const error = {
        type: 'transcription_error',
        code: 'audio_unintelligible',
        message: 'The audio could not be transcribed.',
      };
      this.#emit(`${prefix}.failed`, { ...ids, error });
      return;
    }
    const words = text === '' ? [] : text.split(' ');
    for (const [at, word] of words.entries())
      this.#emit(`${prefix}.delta`, { ...ids, delta: at === 0 ? word : ` ${word}` });
    const include = Array.isArray(this.#session.include) ? this.#session.include : [];
    const logprobs = words.map((token) => ({ token, logprob: -0.25, bytes: [] }));
    const audio = Math.round(msOf(pcm.length) / 100);
    this.#emit(`${prefix}.completed`, {
      ...ids,
      transcript: text,
      ...(include.includes('item.input_audio_transcription.logprobs') && { logprobs }),
      usage: {
        type: 'tokens',
        total_tokens: audio + words.length,
        input_tokens: audio,
        input_token_details: { text_tokens: 0, audio_tokens: audio },
        output_tokens: words.length,
      },
    });
  }

  #addItem(item: Message, eventId: string | null): void {
    if (item.type === 'function_call_output') {
      if (!this.#openCalls.delete(String(item.call_id))) {
        this.#complain('invalid_tool_call_id', `Tool call ID '${item.call_id}' not found in conversation.`, eventId);
        return;
      }
      this.#outputs.push(String(item.output));
    } else if (item.type === 'message') {
      for (const part of Array.isArray(item.content) ? item.content : [])
        this.#texts.push(String(asMessage(part).text));
    } else {
      this.#complain('invalid_value', `Invalid value: '${item.type}'.`, eventId);
      return;
    }
    this.#added({ ...item, id: this.#nextId('item'), status: 'completed' });
  }

  #truncate(itemId: string, audioEndMs: unknown, eventId: string | null): void {
    const item = this.items.get(itemId);
    if (item === undefined) this.#complain('item_truncate_invalid_item_id', `Item '${itemId}' not found.`, eventId);
    else if (typeof audioEndMs !== 'number' || audioEndMs <= 0 || !Number.isInteger(audioEndMs)) {
      this.#complain('invalid_value', "Invalid 'audio_end_ms': it must be a positive integer.", eventId);
    } else if (audioEndMs > item.ms) {
      this.#complain(
        'invalid_value',
        `Audio content of ${Math.floor(item.ms)}ms is already shorter than ${audioEndMs}ms`,
        eventId,
      );
    } else {
      item.ms = audioEndMs;
      this.#emit('conversation.item.truncated', { item_id: itemId, content_index: 0, audio_end_ms: audioEndMs });
    }
  }

  #respond(message: Message, eventId: string | null): void {
    if (this.#active !== null) {
      this.#complain(
        'conversation_already_has_active_response',
        `Conversation already has an active response in progress: ${this.#active.id}. Wait until the response is finished before creating a new one.`,
        eventId,
      );
      return;
    }
    const { failures, scenario, pace, connection, dialect, switches } = this.#options;
    const failure = failures.take();
    if (failure?.kind === 'stall') return;
    if (failure?.kind === 'error') {
      this.#complain(failure.code, failure.message ?? `as told to ${this.#keyOfVisitor}`, eventId);
      return;
    }
    this.#doubled = failure?.kind === 'duplicate';
    this.#responses += 1;
    const response = new SimResponse({
      id: this.#nextId('resp'),
      metadata: asMessage(message.response).metadata,
      answer: this.#answer(message),
      failure: failure?.kind === 'failed' ? { message: `as told to ${this.#keyOfVisitor}`, ...failure } : failure,
      pace,
      rate: switches.outputRate ?? inputRate,
      leadingSilenceMs: scenario.leadingSilenceMs ?? 0,
      inputTokens: { text: 100, audio: Math.round(this.#audioMs / 100) },
      namesResponses: dialect.namesResponses,
      nextId: (kind) => this.#nextId(kind),
      spoken: (itemId, ms) => this.items.set(itemId, { ms: (this.items.get(itemId)?.ms ?? 0) + ms }),
      called: (callId) => this.#openCalls.add(callId),
      voice: {
        emit: (type, fields) => this.#emit(type, fields),
        raw: (data) => connection.sendRaw(data),
        drop: () => connection.drop(),
      },
    });
    this.#active = response;
    [this.#texts, this.#outputs, this.#audioMs] = [[], [], 0];
    const late =
      failure?.kind === 'slow' ? pace.wait(failure.ms) : failure?.kind === 'held' ? failure.until : Promise.resolve();
    void late.then(() => response.run());
  }

  /** Providers repeat the key in their errors; nobody may pass that on. */
  get #keyOfVisitor(): string {
    return String(this.#options.connection.visit.headers.authorization);
  }

  #answer(message: Message): Answer {
    const response = asMessage(message.response);
    const modalities = response.output_modalities ?? response.modalities;
    const tools = Array.isArray(this.#session.tools) ? this.#session.tools : [];
    return (this.#options.scenario.answer ?? echoPersona())({
      number: this.#responses,
      audioMs: this.#audioMs,
      texts: this.#texts,
      toolOutputs: this.#outputs,
      instructions: String(response.instructions ?? this.#session.instructions ?? ''),
      tools: response.tool_choice === 'none' ? [] : tools.map((tool) => String(asMessage(tool).name)),
      modality: Array.isArray(modalities) && !modalities.includes('audio') ? 'text' : 'audio',
      request: message,
    });
  }

  #added(item: Readonly<Record<string, unknown>>): void {
    const told = { object: 'realtime.item', ...item };
    this.#emit('conversation.item.added', { previous_item_id: this.#previousItem, item: told });
    this.#emit('conversation.item.done', { previous_item_id: this.#previousItem, item: told });
    this.#previousItem = String(item.id);
  }

  #complain(code: string, message: string, eventId: string | null): void {
    this.complaints.push(`${code}: ${message}`);
    this.#emit('error', { error: { type: 'invalid_request_error', code, message, param: null, event_id: eventId } });
  }

  #emit(type: string, fields: Readonly<Record<string, unknown>>): void {
    // The answer is over before its last event is sent: whoever hears that may ask for the next at once.
    if (type === 'response.done') this.#active = null;
    const renamed = this.#options.dialect.rename(type);
    if (renamed === null) return;
    const event = JSON.stringify({ type: renamed, event_id: this.#nextId('event'), ...fields });
    this.#options.connection.sendRaw(event);
    if (this.#doubled) this.#options.connection.sendRaw(event);
    if (type === 'rate_limits.updated') this.#doubled = false;
  }

  #nextId(kind: string): string {
    this.#counted += 1;
    return `${kind}_${this.#counted}`;
  }
}
