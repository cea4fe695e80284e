import type { CloseCode, ProviderEvents, ResponseStatus } from '../provider-event.ts';
import { responseStatuses } from '../provider-event.ts';
import { isObject, type JsonObject, listOf, objectOf, textOf } from '../socket/json.ts';
import { errorOf, fatalCodeOf } from '../socket/refusal.ts';
import { audioPayload } from './audio-payload.ts';
import type { CommittedTurns } from './committed-turns.ts';
import { confidenceOf } from './confidence.ts';
import { GrowingTexts } from './growing-texts.ts';
import type { ItemAudio } from './item-audio.ts';
import { Recent } from './recent.ts';
import type { OpenResponse, ResponseSequencer } from './response-sequencer.ts';
import { serverErrorOf } from './server-error.ts';
import { kindOf, type ServerKind } from './server-kind.ts';
import type { ToolCalls } from './tool-calls.ts';
import { transcriptionUsageOf, usageOf } from './usage.ts';

/** What the events of a provider change, and who hears of it. */
export interface Conversation {
  readonly emit: ProviderEvents;
  readonly sequencer: ResponseSequencer;
  readonly calls: ToolCalls;
  readonly items: ItemAudio;
  readonly turns: CommittedTurns;
  /** Hz of the audio that comes. */
  readonly outputRate: () => number;
  readonly garbage: (why: string) => void;
  readonly close: (code: CloseCode, reason: string, providerCode: string) => void;
  /** The configuration was taken: `session` is what the provider made of it. */
  readonly ready: (session: JsonObject) => void;
  readonly isReady: () => boolean;
}

/** Understands the events of one socket: each once, in whatever order they come. */
export class ServerEvents {
  readonly #kinds: Readonly<Record<string, ServerKind>>;
  readonly #to: Conversation;
  readonly #seen = new Recent<string>(512);
  readonly #said = new GrowingTexts();
  readonly #understood = new GrowingTexts();
  readonly #handlers: Readonly<Record<ServerKind, (event: JsonObject) => void>>;

  constructor(kinds: Readonly<Record<string, ServerKind>>, conversation: Conversation) {
    this.#kinds = kinds;
    this.#to = conversation;
    const { sequencer, emit } = conversation;
    this.#handlers = {
      nothing: () => undefined,
      session_ready: (event) => conversation.ready(objectOf(event, 'session')),
      response_started: (event) => this.#started(objectOf(event, 'response')),
      response_finished: (event) => this.#finished(event),
      audio: (event) => this.#audio(event),
      output_text: (event) => this.#outputText(event, false),
      output_text_whole: (event) => this.#outputText(event, true),
      output_item: (event) => conversation.calls.begun(objectOf(event, 'item')),
      output_item_whole: (event) =>
        this.#outputItem(sequencer.of(textOf(event, 'response_id')), objectOf(event, 'item')),
      tool_arguments_whole: (event) => this.#toolCall(sequencer.of(textOf(event, 'response_id')), event),
      input_text: (event) =>
        this.#inputText(event, this.#understood.add(itemOf(event), textOf(event, 'delta') ?? ''), false),
      input_text_whole: (event) => {
        this.#inputText(event, this.#understood.whole(itemOf(event), textOf(event, 'transcript')), true);
      },
      input_text_failed: (event) => {
        const { code, message } = errorOf(event);
        emit({ type: 'warning', code: 'input_transcription_failed', message: `${code ?? 'unnamed'}: ${message}` });
        this.#inputText(event, this.#understood.whole(itemOf(event), ''), true);
      },
      turn_committed: (event) => conversation.turns.committed(itemOf(event)),
      speech_started: () => emit({ type: 'speech_started' }),
      speech_stopped: () => emit({ type: 'speech_stopped' }),
      error: (event) => this.#error(event),
    };
  }

  hear(event: JsonObject): void {
    const type = textOf(event, 'type');
    if (type === null) {
      this.#to.garbage('a message without a type');
      return;
    }
    if (this.#isRepeated(event)) return;
    const kind = kindOf(this.#kinds, type);
    // Before it is ready a provider has nothing to say but that, or why not.
    if (this.#to.isReady() || kind === 'session_ready' || kind === 'error') this.#handlers[kind](event);
  }

  /** The same event under the same id; some servers give all their events one id. */
  #isRepeated(event: JsonObject): boolean {
    const id = textOf(event, 'event_id');
    if (id === null) return false;
    const delta = textOf(event, 'delta') ?? '';
    const look = `${event.type} ${delta.length} ${delta.slice(0, 24)} ${delta.slice(-24)}`;
    if (this.#seen.get(id) === look) return true;
    this.#seen.set(id, look);
    return false;
  }

  #started(response: JsonObject): void {
    const requestId = textOf(objectOf(response, 'metadata'), 'request_id');
    this.#to.sequencer.started(textOf(response, 'id'), requestId);
  }

  #finished(event: JsonObject): void {
    const response = objectOf(event, 'response');
    const id = textOf(response, 'id') ?? textOf(event, 'response_id');
    const open = this.#to.sequencer.of(id);
    if (open === null) {
      if (this.#to.sequencer.paidLate(id)) this.#to.emit({ type: 'late_usage', usage: usageOf(response) });
      return;
    }
    for (const item of listOf(response, 'output')) if (isObject(item)) this.#outputItem(open, item);
    const status = statusOf(response);
    const { code, message } = errorOf(objectOf(response, 'status_details'));
    if (status === 'failed') this.#to.emit({ type: 'warning', code: code ?? 'response_failed', message });
    this.#to.sequencer.finished(open, status, usageOf(response));
    const fatal = status === 'failed' ? fatalCodeOf(code) : null;
    if (fatal !== null) this.#to.close(fatal, message, code ?? '');
  }

  #audio(event: JsonObject): void {
    const payload = audioPayload(textOf(event, 'delta') ?? textOf(event, 'audio'));
    if (!payload.ok) {
      this.#to.garbage(payload.why);
      return;
    }
    const response = this.#to.sequencer.of(textOf(event, 'response_id'));
    if (response === null || payload.pcm.length === 0) return;
    const itemId = textOf(event, 'item_id') ?? `item_of_${response.id}`;
    const rate = this.#to.outputRate();
    this.#to.items.received(itemId, (payload.pcm.length / 2 / rate) * 1000);
    if (response.cancelled) return;
    this.#to.emit({ type: 'audio', responseId: response.id, itemId, pcm: payload.pcm, rate });
  }

  #outputText(event: JsonObject, final: boolean): void {
    const response = this.#to.sequencer.of(textOf(event, 'response_id'));
    if (response === null || response.cancelled) return;
    const itemId = textOf(event, 'item_id') ?? `item_of_${response.id}`;
    const text = final
      ? this.#said.whole(itemId, textOf(event, 'transcript') ?? textOf(event, 'text'))
      : this.#said.add(itemId, textOf(event, 'delta') ?? '');
    if (text !== null) this.#to.emit({ type: 'output_transcript', responseId: response.id, itemId, text, final });
  }

  #outputItem(response: OpenResponse | null, item: JsonObject): void {
    const id = textOf(item, 'id');
    if (id !== null) this.#to.items.whole(id);
    this.#to.calls.begun(item);
    if (item.type === 'function_call') this.#toolCall(response, item);
  }

  #toolCall(response: OpenResponse | null, event: JsonObject): void {
    if (response === null || response.cancelled) return;
    const call = this.#to.calls.whole(event);
    if (call !== null) this.#to.emit({ type: 'tool_call', responseId: response.id, ...call });
  }

  #inputText(event: JsonObject, text: string | null, final: boolean): void {
    if (text === null) return;
    const itemId = itemOf(event);
    const usage = final ? transcriptionUsageOf(event) : null;
    this.#to.emit({
      type: 'input_transcript',
      turnId: this.#to.turns.turnOf(itemId),
      itemId,
      text,
      final,
      confidence: final ? confidenceOf(event) : null,
      ...(usage !== null && { usage }),
    });
  }

  #error(event: JsonObject): void {
    const error = serverErrorOf(event);
    if (error.kind === 'fatal' || !this.#to.isReady()) {
      this.#to.close(error.kind === 'fatal' ? error.closeCode : 'bad_config', error.message, error.code);
      return;
    }
    const { sequencer, turns, emit } = this.#to;
    if (error.kind !== 'busy' && error.eventId !== null && sequencer.refused(error.eventId, error.code, error.message))
      return;
    emit({ type: 'warning', code: error.code, message: error.message });
    if (error.kind === 'busy') sequencer.busy();
    else if (error.kind === 'nothing_to_cancel') sequencer.nothingToCancel();
    else if (error.eventId !== null || error.kind === 'commit_refused') {
      const turnId = turns.refused(error.eventId);
      // Whoever waits for its words need not wait any longer.
      if (turnId !== null)
        emit({ type: 'input_transcript', turnId, itemId: turnId, text: '', final: true, confidence: null });
    }
  }
}

const itemOf = (event: JsonObject): string => textOf(event, 'item_id') ?? '';

const statusOf = (response: JsonObject): ResponseStatus =>
  responseStatuses.find((status) => status === response.status) ?? 'completed';
