import type { Clock, RequestName, RequestOptions, RequestParams, RequestResult } from '@parley/protocol';
import { AudioQueue } from './audio-queue.ts';

/** What an utterance asks of the session's voxproc. */
export interface SpeechPort {
  request<N extends RequestName<'supervisor'>>(
    name: N,
    params: RequestParams<'supervisor', N>,
    options?: RequestOptions,
  ): Promise<RequestResult<'supervisor', N>>;
  speechAudio(audio: { readonly utteranceId: string; readonly seq: number; readonly pcm: Uint8Array }): void;
}

/** How much of one of the provider's items was heard, ms of its own audio, its leading silence included. */
export interface HeardItem {
  readonly itemId: string;
  readonly heardMs: number;
  readonly totalMs: number;
}

export interface UtteranceOptions {
  readonly utteranceId: string;
  /** Hz of its audio, s16le mono. */
  readonly rate: number;
  readonly voxproc: SpeechPort;
  readonly clock: Clock;
  readonly on: {
    /** Its first audio was handed to voxproc. */
    speaking(): void;
    /** Its first frame was sent to the voice server. */
    sounding(trimmedMs: number): void;
    /** It is over, for whatever reason; once. */
    over(outcome: UtteranceOutcome): void;
    /** More came than is kept; milliseconds that were dropped. */
    overflow(droppedMs: number): void;
  };
}

/** `stuck`: voxproc said nothing of it any more · `refused`: it was not taken · `lost`: the audio process ended. */
export type UtteranceOutcome = 'played' | 'cancelled' | 'aborted' | 'stuck' | 'refused' | 'lost';

/** Pieces that are sent, ms: small enough that control is never held up by one. */
export const pieceMs = 240;
/** How long voxproc may say nothing of an utterance that should be playing, ms. */
export const stuckMs = 5000;

type Phase = 'beginning' | 'open' | 'ended' | 'over';

/**
 * One thing the bot says, as the provider makes it: audio is queued here and sent as far as voxproc grants. `playedMs` counts what was
 * handed to the voice server, so that what was heard of each of the provider's items is known at every moment.
 */
export class Utterance {
  readonly utteranceId: string;
  readonly #options: UtteranceOptions;
  readonly #queue: AudioQueue;
  #phase: Phase = 'beginning';
  #creditMs = 0;
  #sentMs = 0;
  #frames = 0;
  #complete = false;
  #paused = false;
  #playedMs = 0;
  #trimmedMs = 0;
  #watch: Disposable | null = null;

  constructor(options: UtteranceOptions) {
    this.#options = options;
    this.utteranceId = options.utteranceId;
    this.#queue = new AudioQueue(options.rate);
  }

  get isOver(): boolean {
    return this.#phase === 'over';
  }

  /** Milliseconds that were handed to the voice server. */
  get playedMs(): number {
    return this.#playedMs;
  }

  /** Milliseconds that wait here. */
  get queuedMs(): number {
    return this.#queue.ms;
  }

  /** What was heard of each item so far. */
  get heard(): readonly HeardItem[] {
    const until = this.#playedMs === 0 ? 0 : this.#playedMs + this.#trimmedMs;
    return this.#queue.items.map(({ itemId, fromMs, totalMs }) => ({
      itemId,
      totalMs,
      heardMs: Math.min(totalMs, Math.max(0, until - fromMs)),
    }));
  }

  /** Announces it to voxproc, behind whatever is being said. A refusal ends it. */
  async begin(): Promise<void> {
    const { voxproc, rate, utteranceId } = this.#options;
    try {
      const { ms } = await voxproc.request('speech.begin', { utteranceId, sampleRate: rate });
      if (this.#phase !== 'beginning') return;
      this.#phase = 'open';
      this.credit(ms);
    } catch {
      this.#over('refused');
    }
  }

  /** More of it; of `itemId` at the provider. */
  push(itemId: string, pcm: Uint8Array): void {
    if (this.#complete || this.isOver) return;
    const dropped = this.#queue.push(itemId, pcm);
    if (dropped > 0) this.#options.on.overflow(dropped);
    this.#pump();
  }

  /** Nothing more follows. */
  finish(): void {
    this.#complete = true;
    this.#pump();
  }

  /** voxproc takes `ms` in all. */
  credit(ms: number): void {
    this.#creditMs = Math.max(this.#creditMs, ms);
    this.#alive();
    this.#pump();
  }

  started(trimmedMs: number): void {
    this.#trimmedMs = trimmedMs;
    this.#alive();
    this.#options.on.sounding(trimmedMs);
  }

  progress(playedMs: number): void {
    this.#playedMs = Math.max(this.#playedMs, playedMs);
    this.#alive();
  }

  finished(playedMs: number, trimmedMs: number, outcome: 'played' | 'cancelled' | 'aborted'): void {
    if (this.isOver) return;
    this.#playedMs = Math.max(this.#playedMs, playedMs);
    this.#trimmedMs = trimmedMs;
    this.#over(outcome);
  }

  /** The audio process is gone. */
  lost(): void {
    this.#over('lost');
  }

  /** Holds it where it is. A failure leaves it playing. */
  async pause(): Promise<void> {
    if (this.isOver || this.#paused) return;
    this.#paused = true;
    this.#alive();
    const answer = await this.#ask('speech.pause');
    if (answer) this.#playedMs = Math.max(this.#playedMs, answer.playedMs);
  }

  async resume(): Promise<void> {
    if (this.isOver || !this.#paused) return;
    this.#paused = false;
    this.#alive();
    await this.#ask('speech.resume');
  }

  /** Silences it for good. @returns what was heard of each item */
  async cancel(): Promise<readonly HeardItem[]> {
    if (this.isOver) return this.heard;
    const { voxproc, utteranceId } = this.#options;
    this.#queue.drop();
    this.#complete = true;
    try {
      const { playedMs, trimmedMs } = await voxproc.request('speech.cancel', { utteranceId });
      this.#playedMs = Math.max(this.#playedMs, playedMs);
      this.#trimmedMs = trimmedMs;
    } catch {
      // What is not there any more says nothing: what it played so far stands.
    }
    this.#over('cancelled');
    return this.heard;
  }

  async #ask(name: 'speech.pause' | 'speech.resume'): Promise<{ playedMs: number } | null> {
    try {
      const answer: { playedMs?: number } = await this.#options.voxproc.request(name, {
        utteranceId: this.utteranceId,
      });
      return answer.playedMs === undefined ? null : { playedMs: answer.playedMs };
    } catch {
      return null;
    }
  }

  #pump(): void {
    if (this.#phase !== 'open') return;
    const { voxproc, utteranceId, on } = this.#options;
    for (;;) {
      const pcm = this.#queue.take(Math.min(pieceMs, this.#creditMs - this.#sentMs));
      if (pcm === null) break;
      this.#sentMs += this.#queue.msOf(pcm);
      voxproc.speechAudio({ utteranceId, seq: this.#frames, pcm });
      this.#frames += 1;
      if (this.#frames === 1) on.speaking();
      // Whoever hears that it speaks may have cut it.
      if (this.#phase !== 'open') return;
    }
    if (!this.#complete || this.#queue.ms > 0) return;
    this.#phase = 'ended';
    void this.#end();
  }

  async #end(): Promise<void> {
    const { voxproc, utteranceId } = this.#options;
    try {
      await voxproc.request('speech.end', { utteranceId, frames: this.#frames });
    } catch {
      this.#over('aborted');
    }
  }

  /** voxproc plays something: this, or what stands before it. */
  alive(): void {
    if (this.#watch !== null) this.#alive();
  }

  /** Starts the wait for a sign of life anew; while it is held, and while it waits for more to say, none is due. */
  #alive(): void {
    this.#watch?.[Symbol.dispose]();
    this.#watch = null;
    if (this.isOver || this.#paused) return;
    this.#watch = this.#options.clock.setTimeout(() => {
      const waits = this.#queue.ms === 0 && !this.#complete && this.#playedMs + this.#trimmedMs >= this.#sentMs - 1;
      if (waits) this.#alive();
      else void this.#giveUp();
    }, stuckMs);
  }

  async #giveUp(): Promise<void> {
    if (this.isOver) return;
    const { voxproc, utteranceId } = this.#options;
    this.#over('stuck');
    await voxproc.request('speech.cancel', { utteranceId }).catch(() => undefined);
  }

  #over(outcome: UtteranceOutcome): void {
    if (this.isOver) return;
    this.#phase = 'over';
    this.#watch?.[Symbol.dispose]();
    this.#watch = null;
    this.#queue.drop();
    this.#options.on.over(outcome);
  }
}
