import type { Failure } from '../shared/failure.ts';
import type { Pace } from '../shared/pace.ts';
import { type Phrase, piecesOf } from '../shared/phrases.ts';
import type { Answer } from './scenario.ts';

/** Sends events in the names and with the ids of a session. */
export interface Voice {
  emit(type: string, fields: Readonly<Record<string, unknown>>): void;
  raw(data: string): void;
  drop(): void;
}

export interface SimResponseOptions {
  readonly id: string;
  readonly metadata: unknown;
  readonly answer: Answer;
  readonly failure: Failure | null;
  readonly rate: number;
  readonly leadingSilenceMs: number;
  readonly pace: Pace;
  readonly voice: Voice;
  readonly nextId: (kind: 'item' | 'call') => string;
  readonly inputTokens: { readonly text: number; readonly audio: number };
  readonly namesResponses: boolean;
  /** Speech of an item came so far, ms. */
  readonly spoken: (itemId: string, ms: number) => void;
  readonly called: (callId: string) => void;
}

export type SimStatus = 'completed' | 'cancelled' | 'failed';

/** Speech comes in pieces of this length. */
const pieceMs = 100;
/** Tokens of a second of speech (OpenAI's Realtime cost guide: one per 50 ms spoken). */
const outputTokensPerSecond = 20;

/** One answer of a simulated model, event by event, with what is to go wrong with it. */
export class SimResponse {
  readonly #options: SimResponseOptions;
  #cancelled = false;
  #over = false;
  #textTokens = 0;
  #audioMs = 0;

  constructor(options: SimResponseOptions) {
    this.#options = options;
  }

  get id(): string {
    return this.#options.id;
  }

  cancel(): void {
    this.#cancelled = true;
    if (this.#isMute) this.#end('cancelled');
  }

  /** Resolves when nothing of it comes any more. */
  async run(): Promise<void> {
    const { failure, answer } = this.#options;
    if (failure?.kind === 'garbage')
      for (let n = 0; n < failure.count; n += 1) this.#options.voice.raw(`{"type": ${n}`);
    if (failure?.kind !== 'out_of_order') this.#begin();
    if (failure?.kind === 'failed') {
      this.#end('failed', { code: failure.code, message: failure.message ?? 'as told' });
      return;
    }
    if (answer.kind === 'write') this.#write(answer.text);
    else if (answer.kind === 'say') await this.#say(answer.phrase);
    else if (answer.kind === 'call') {
      if (answer.phrase !== undefined) await this.#say(answer.phrase);
      if (!this.#cancelled) for (const call of answer.calls) this.#call(call);
    }
    if (!this.#isMute) this.#end(this.#cancelled ? 'cancelled' : 'completed');
  }

  get #isMute(): boolean {
    return this.#options.failure?.kind === 'stall_midway' && this.#audioMs > 0;
  }

  get #ids(): Readonly<Record<string, unknown>> {
    return this.#options.namesResponses ? { response_id: this.#options.id } : {};
  }

  #begin(): void {
    this.#emit('response.created', { response: this.#describe('in_progress') });
  }

  async #say({ text, pcm }: Phrase): Promise<void> {
    const { rate, leadingSilenceMs, failure, pace, voice } = this.#options;
    const itemId = this.#options.nextId('item');
    const ids = this.#options.namesResponses
      ? { ...this.#ids, item_id: itemId, output_index: 0, content_index: 0 }
      : {};
    const silence = Buffer.alloc(Math.round((rate * leadingSilenceMs) / 1000) * 2);
    const pieces = piecesOf(Buffer.concat([silence, pcm(rate)]), rate, pieceMs);
    const words = text.split(' ');
    const item = { id: itemId, object: 'realtime.item', type: 'message', role: 'assistant' };
    const late = failure?.kind === 'out_of_order' ? Math.max(1, pieces.length - 1) : pieces.length;
    const partAt = (share: number): number => Math.floor(share * words.length);
    if (failure?.kind !== 'out_of_order') {
      this.#emit('response.output_item.added', {
        ...this.#ids,
        output_index: 0,
        item: { ...item, status: 'in_progress', content: [] },
      });
      this.#emit('conversation.item.added', { item: { ...item, status: 'in_progress', content: [] } });
      this.#emit('response.content_part.added', { ...ids, part: { type: 'audio', transcript: '' } });
    }
    for (const [at, piece] of pieces.entries()) {
      if (this.#cancelled) break;
      if (failure?.kind === 'drop' && at >= pieces.length * failure.at) {
        voice.drop();
        return;
      }
      if (failure?.kind === 'stall_midway' && at >= pieces.length / 2) return;
      const said = words.slice(partAt(at / pieces.length), partAt((at + 1) / pieces.length));
      if (said.length > 0) {
        this.#emit('response.output_audio_transcript.delta', { ...ids, delta: `${said.join(' ')} ` });
        this.#textTokens += said.length;
      }
      if (at === late) this.#end('completed');
      this.#emit('response.output_audio.delta', { ...ids, delta: this.#base64(piece, at) });
      if (at === 0 && failure?.kind === 'out_of_order') this.#begin();
      const ms = (piece.length / 2 / rate) * 1000;
      this.#audioMs += ms;
      this.#options.spoken(itemId, ms);
      await pace.after(ms);
    }
    if (this.#over) return;
    const status = this.#cancelled ? 'incomplete' : 'completed';
    this.#emit('response.output_audio.done', ids);
    this.#emit('response.output_audio_transcript.done', { ...ids, transcript: text });
    this.#emit('conversation.item.done', { item: { ...item, status } });
    this.#emit('response.output_item.done', {
      ...this.#ids,
      output_index: 0,
      item: { ...item, status, content: [{ type: 'output_audio', transcript: text }] },
    });
  }

  #base64(piece: Buffer, at: number): string {
    const { failure } = this.#options;
    if (failure?.kind !== 'bad_audio' || at >= failure.count) return piece.toString('base64');
    return failure.how === 'odd' ? piece.subarray(0, piece.length - 1).toString('base64') : '%%% no base64 %%%';
  }

  #write(text: string): void {
    const itemId = this.#options.nextId('item');
    const ids = { ...this.#ids, item_id: itemId, output_index: 0, content_index: 0 };
    for (const word of text.split(' ')) {
      this.#emit('response.output_text.delta', { ...ids, delta: `${word} ` });
      this.#textTokens += 1;
    }
    this.#emit('response.output_text.done', { ...ids, text });
  }

  #call({ name, arguments: args }: { readonly name: string; readonly arguments: string }): void {
    const [itemId, callId] = [this.#options.nextId('item'), this.#options.nextId('call')];
    const item = { id: itemId, object: 'realtime.item', type: 'function_call', call_id: callId, name };
    this.#options.called(callId);
    this.#emit('response.output_item.added', {
      ...this.#ids,
      output_index: 1,
      item: { ...item, status: 'in_progress', arguments: '' },
    });
    this.#emit('response.function_call_arguments.delta', {
      ...this.#ids,
      item_id: itemId,
      call_id: callId,
      delta: args,
    });
    this.#emit('response.function_call_arguments.done', {
      ...this.#ids,
      item_id: itemId,
      call_id: callId,
      name,
      arguments: args,
    });
    this.#emit('response.output_item.done', {
      ...this.#ids,
      output_index: 1,
      item: { ...item, status: 'completed', arguments: args },
    });
    this.#textTokens += args.length;
  }

  #end(status: SimStatus, error?: { readonly code: string; readonly message: string }): void {
    if (this.#over) return;
    this.#over = true;
    const { text, audio } = this.#options.inputTokens;
    const spoken = Math.round((this.#audioMs / 1000) * outputTokensPerSecond);
    const usage = {
      total_tokens: text + audio + this.#textTokens + spoken,
      input_tokens: text + audio,
      output_tokens: this.#textTokens + spoken,
      input_token_details: {
        text_tokens: text,
        audio_tokens: audio,
        cached_tokens: Math.floor(text / 2),
        cached_tokens_details: { text_tokens: Math.floor(text / 2), audio_tokens: 0 },
      },
      output_token_details: { text_tokens: this.#textTokens, audio_tokens: spoken },
    };
    const details =
      error === undefined
        ? null
        : { type: 'failed', error: { type: error.code, code: error.code, message: error.message } };
    this.#emit('response.done', { response: { ...this.#describe(status), status_details: details, usage } });
    this.#emit('rate_limits.updated', {
      rate_limits: [{ name: 'tokens', limit: 40_000, remaining: 39_000, reset_seconds: 1 }],
    });
  }

  #describe(status: string): Readonly<Record<string, unknown>> {
    const { id, metadata } = this.#options;
    return { object: 'realtime.response', id, status, status_details: null, output: [], metadata: metadata ?? null };
  }

  #emit(type: string, fields: Readonly<Record<string, unknown>>): void {
    this.#options.voice.emit(type, fields);
  }
}
