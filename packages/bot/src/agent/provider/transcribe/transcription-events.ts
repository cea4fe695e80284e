import { confidenceOf } from '../dialect/confidence.ts';
import { GrowingTexts } from '../dialect/growing-texts.ts';
import { Recent } from '../dialect/recent.ts';
import { serverErrorOf } from '../dialect/server-error.ts';
import { transcriptionUsageOf } from '../dialect/usage.ts';
import type { CloseCode } from '../provider-event.ts';
import { type JsonObject, textOf } from '../socket/json.ts';
import { errorOf } from '../socket/refusal.ts';
import type { Transcript } from '../transcriber.ts';
import type { CommitOrder } from './commit-order.ts';

/** What the events of a transcription socket change. */
export interface TranscriptionHearer {
  readonly order: CommitOrder;
  readonly isReady: () => boolean;
  readonly ready: () => void;
  readonly close: (code: CloseCode, reason: string, providerCode: string) => void;
  readonly garbage: (why: string) => void;
  readonly partial: (id: string, text: string) => void;
  readonly final: (id: string, transcript: Transcript) => void;
  readonly failed: (id: string, code: string, message: string) => void;
  readonly warning: (code: string, message: string) => void;
}

/** Understands the events of OpenAI's transcription sessions, generally available and beta. */
export class TranscriptionEvents {
  readonly #to: TranscriptionHearer;
  readonly #texts = new GrowingTexts();
  /** Whole transcripts of items whose commit is not known yet. */
  readonly #unclaimed = new Recent<JsonObject>(32);

  constructor(hearer: TranscriptionHearer) {
    this.#to = hearer;
  }

  hear(event: JsonObject): void {
    const itemId = textOf(event, 'item_id') ?? '';
    switch (textOf(event, 'type')) {
      case null:
        this.#to.garbage('a message without a type');
        break;
      case 'session.updated':
      case 'transcription_session.updated':
        this.#to.ready();
        break;
      case 'input_audio_buffer.committed':
        this.#committed(itemId, event);
        break;
      case 'conversation.item.input_audio_transcription.delta':
        this.#partial(itemId, textOf(event, 'delta') ?? '');
        break;
      case 'conversation.item.input_audio_transcription.completed':
        this.#completed(itemId, event);
        break;
      case 'conversation.item.input_audio_transcription.failed':
        this.#failed(itemId, event);
        break;
      case 'error':
        this.#error(event);
        break;
      default:
        // Sessions say much that is of no use to who only wants the words.
        break;
    }
  }

  /** With one item others may find their commit too, and what was understood of them before counts now. */
  #committed(itemId: string, event: JsonObject): void {
    this.#to.order.committed(itemId, textOf(event, 'previous_item_id'));
    for (const [id, completed] of this.#unclaimed.entries()) {
      if (this.#to.order.of(id) === null) continue;
      this.#unclaimed.delete(id);
      this.#completed(id, completed);
    }
  }

  #partial(itemId: string, piece: string): void {
    const id = this.#to.order.of(itemId);
    const text = this.#texts.add(itemId, piece);
    if (id !== null && text !== null) this.#to.partial(id, text);
  }

  #completed(itemId: string, event: JsonObject): void {
    const id = this.#to.order.of(itemId);
    if (id === null) {
      this.#unclaimed.set(itemId, event);
      return;
    }
    const text = this.#texts.whole(itemId, textOf(event, 'transcript'));
    if (text === null) return;
    this.#to.order.forget(itemId);
    const usage = transcriptionUsageOf(event);
    this.#to.final(id, { text: text.trim(), confidence: confidenceOf(event), ...(usage !== null && { usage }) });
  }

  #failed(itemId: string, event: JsonObject): void {
    const id = this.#to.order.of(itemId);
    if (id === null) return;
    this.#to.order.forget(itemId);
    const { code, message } = errorOf(event);
    this.#to.failed(id, code ?? 'transcription_failed', message);
  }

  #error(event: JsonObject): void {
    const error = serverErrorOf(event);
    if (error.kind === 'fatal' || !this.#to.isReady()) {
      this.#to.close(error.kind === 'fatal' ? error.closeCode : 'bad_config', error.message, error.code);
      return;
    }
    this.#to.warning(error.code, error.message);
    if (error.eventId === null && error.kind !== 'commit_refused') return;
    const refused = this.#to.order.refused(error.eventId);
    if (refused !== null) this.#to.failed(refused, error.code, error.message);
  }
}
