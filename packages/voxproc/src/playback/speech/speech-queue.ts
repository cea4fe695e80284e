import { type Clock, type PlaybackOutcome, ProtocolError } from '@parley/protocol';
import { grantsOf, STEP_MS } from './credit.ts';
import { type Gone, GoneUtterances } from './gone-utterances.ts';
import { Prebuffer } from './prebuffer.ts';
import type { SpeechEvent, SpeechTrouble } from './speech-event.ts';
import { Utterance } from './utterance.ts';

/** Utterances that play or wait. */
const MAX_UTTERANCES = 16;
/** How long the first one waits, milliseconds: for keys, for messages that do not come, for audio at all. */
export const waitsMs = { keys: 3_000, missing: 1_000, audio: 120_000 } as const;
/** A gap this short does not bring music back, milliseconds. */
const GAP_MS = 500;
/** Audio between two `progress`, milliseconds. */
const PROGRESS_MS = 100;

/** What of speech goes into a frame: 960 mono samples, and what to do when it was sent. */
export interface SpeechFrame {
  readonly pcm: Float32Array;
  sent(): void;
}

export interface SpeechQueueOptions {
  readonly clock: Clock;
  /** There is something to play. */
  readonly wake: () => void;
  readonly onEvent: (event: SpeechEvent) => void;
  readonly onTrouble: (trouble: SpeechTrouble) => void;
}

/** A frame in which an utterance fades away. */
interface Farewell {
  readonly utterance: Utterance;
  readonly pcm: Float32Array;
}

/**
 * Utterances, one after the other. It decides what of them is in a frame; who sends the frame says so by `sent`, and only that counts as
 * played. An id is used once: what was cancelled, even before it began, and what is over cannot begin again.
 */
export class SpeechQueue implements Disposable {
  #options: SpeechQueueOptions;
  #utterances: Utterance[] = [];
  /** What the last `progress` said of the first. */
  #progressMs = 0;
  #gone = new GoneUtterances();
  #prebuffer = new Prebuffer();
  #farewell: Farewell | null = null;
  #unsentSinceMs: number | null = null;
  #lastSentMs = Number.NEGATIVE_INFINITY;
  #watch: Disposable | null = null;
  #dropped = 0;
  #missing = 0;

  constructor(options: SpeechQueueOptions) {
    this.#options = options;
  }

  get underruns(): number {
    return this.#prebuffer.underruns;
  }

  /** `speech.audio` messages that were of no use. */
  get dropped(): number {
    return this.#dropped;
  }

  /** `speech.audio` messages that never came, of utterances that are over. */
  get missing(): number {
    return this.#missing;
  }

  /** Audio that waits here, of all utterances, milliseconds. */
  get waitingMs(): number {
    return this.#utterances.reduce((sum, { receivedMs, consumedMs }) => sum + receivedMs - consumedMs, 0);
  }

  /** Whether the bot speaks: music stays back, also through a short gap between or within utterances. */
  get isSpeaking(): boolean {
    const [first] = this.#utterances;
    if (!first || first.phase.name === 'paused') return false;
    return first.phase.name === 'playing' || this.#nowMs() - this.#lastSentMs < GAP_MS;
  }

  /** Whether something waits for nothing but the next frame. */
  get isDue(): boolean {
    return this.#farewell !== null || this.#utterances[0]?.phase.name === 'playing';
  }

  /** @throws ProtocolError `queue_full`; `unknown_utterance`: it is over, or was cancelled; `invalid_payload`: it has begun already */
  begin(utteranceId: string, sampleRate: number): { ms: number } {
    const gone = this.#gone.why(utteranceId);
    if (gone !== null) throw unknown('speech.begin', utteranceId, gone);
    if (this.#utterances.some(({ id }) => id === utteranceId)) {
      throw new ProtocolError('invalid_payload', `speech.begin: ${utteranceId} has begun already; an id is used once`);
    }
    if (this.#utterances.length >= MAX_UTTERANCES) {
      throw new ProtocolError('queue_full', `speech.begin: ${MAX_UTTERANCES} utterances play or wait already`);
    }
    const utterance = new Utterance(utteranceId, sampleRate);
    this.#utterances.push(utterance);
    // Its first grant is told by the answer.
    utterance.toldMs = Number.POSITIVE_INFINITY;
    this.#grant();
    utterance.toldMs = utterance.grantedMs;
    this.#look();
    return { ms: utterance.grantedMs };
  }

  /** Audio of an utterance, s16le; what is of no use is counted. */
  audio(utteranceId: string, seq: number, pcm: Uint8Array): void {
    const utterance = this.#utterances.find(({ id }) => id === utteranceId);
    if (!utterance) {
      this.#drop(utteranceId, this.#gone.why(utteranceId) ?? 'unknown');
      return;
    }
    if (!utterance.accept(seq, pcm)) this.#drop(utteranceId, 'not_granted');
    this.#grant();
    this.#look();
  }

  /** @throws ProtocolError `unknown_utterance` */
  end(utteranceId: string, messages: number): void {
    this.#known('speech.end', utteranceId).end(messages);
    this.#grant();
    this.#look();
  }

  /** From the next frame on it is silent. @throws ProtocolError `unknown_utterance` */
  pause(utteranceId: string): { playedMs: number } {
    const utterance = this.#known('speech.pause', utteranceId);
    this.#sayFarewell(utterance);
    utterance.phase = { name: 'paused' };
    this.#look();
    return { playedMs: utterance.playedMs };
  }

  /** @throws ProtocolError `unknown_utterance` */
  resume(utteranceId: string): void {
    const utterance = this.#known('speech.resume', utteranceId);
    if (utterance.phase.name !== 'paused') return;
    const hasNotFaded = this.#farewell?.utterance === utterance;
    if (hasNotFaded) this.#farewell = null;
    utterance.phase = hasNotFaded ? { name: 'playing', starts: false } : { name: 'gathering' };
    this.#look();
  }

  /** @throws ProtocolError `unknown_utterance`; it will not begin any more then */
  cancel(utteranceId: string): { playedMs: number; trimmedMs: number; discardedMs: number } {
    const utterance = this.#utterances.find(({ id }) => id === utteranceId);
    if (!utterance) {
      const gone = this.#gone.why(utteranceId);
      if (gone === null) this.#gone.add(utteranceId, 'cancelled');
      throw unknown('speech.cancel', utteranceId, gone);
    }
    this.#sayFarewell(utterance);
    const { playedMs, trimmedMs } = utterance;
    const discardedMs = Math.max(0, utterance.receivedMs - utterance.consumedMs);
    this.#finish(utterance, 'cancelled');
    this.#grant();
    this.#look();
    return { playedMs, trimmedMs, discardedMs };
  }

  /** Ends all of them: nothing more can be said. */
  abort(): void {
    for (const utterance of [...this.#utterances]) this.#finish(utterance, 'aborted');
    this.#farewell = null;
    this.#look();
  }

  /**
   * What of speech is due now.
   * @param canSend whether a frame would be sent; an utterance waits 3 s for that
   * @returns null when nothing is; `waiting` when it cannot be sent
   */
  frame(canSend: boolean): SpeechFrame | 'waiting' | null {
    const farewell = this.#farewell;
    this.#farewell = null;
    if (farewell !== null && canSend) return { pcm: farewell.pcm, sent: () => undefined };
    const [utterance] = this.#utterances;
    if (utterance?.phase.name !== 'playing') {
      this.#unsentSinceMs = null;
      return null;
    }
    // Until something is really sent: what could be sent and is not, keeps nothing waiting longer than what cannot be.
    this.#unsentSinceMs ??= this.#nowMs();
    if (this.#nowMs() - this.#unsentSinceMs >= waitsMs.keys) return this.#giveUp();
    if (!canSend) return 'waiting';
    const { pcm, samples, then } = utterance.frame();
    return { pcm, sent: () => this.#sent(utterance, samples, then) };
  }

  [Symbol.dispose](): void {
    this.abort();
    this.#watch?.[Symbol.dispose]();
    this.#watch = null;
  }

  #sent(utterance: Utterance, samples: number, then: 'more' | 'dry' | 'end'): void {
    const isFirst = utterance.playedMs === 0;
    utterance.sent(samples);
    this.#unsentSinceMs = null;
    this.#lastSentMs = this.#nowMs();
    const { id: utteranceId, trimmedMs, playedMs, bufferedMs } = utterance;
    if (isFirst && playedMs > 0) this.#options.onEvent({ type: 'started', utteranceId, trimmedMs });
    if (isFirst) this.#progressMs = 0;
    if (playedMs - this.#progressMs >= PROGRESS_MS) {
      this.#progressMs = playedMs;
      this.#options.onEvent({ type: 'progress', utteranceId, playedMs, bufferedMs });
    }
    if (then === 'end') this.#finish(utterance, 'played');
    if (then === 'dry') this.#ranDry(utterance);
    this.#grant();
    if (then !== 'more') this.#look();
  }

  #ranDry(utterance: Utterance): void {
    utterance.phase = { name: 'gathering' };
    utterance.ranDry = true;
    this.#prebuffer.ranDry();
    this.#options.onTrouble({ type: 'underrun', utteranceId: utterance.id, prebufferMs: this.#prebuffer.ms });
  }

  #giveUp(): null {
    this.#unsentSinceMs = null;
    this.#options.onTrouble({ type: 'not_sendable', utterances: this.#utterances.length });
    this.abort();
    return null;
  }

  #sayFarewell(utterance: Utterance): void {
    const { phase } = utterance;
    if (phase.name === 'playing' && !phase.starts && utterance === this.#utterances[0]) {
      this.#farewell = { utterance, pcm: utterance.farewell() };
    }
  }

  #finish(utterance: Utterance, outcome: PlaybackOutcome): void {
    this.#utterances = this.#utterances.filter((other) => other !== utterance);
    this.#gone.add(utterance.id, outcome === 'played' ? 'over' : 'cancelled');
    this.#missing += utterance.missing;
    if (outcome === 'played' && !utterance.ranDry) this.#prebuffer.wentWell();
    const { id: utteranceId, playedMs, trimmedMs } = utterance;
    this.#options.onEvent({ type: 'finished', utteranceId, playedMs, trimmedMs, outcome });
  }

  #grant(): void {
    const grants = grantsOf(this.#utterances);
    this.#utterances.forEach((utterance, index) => {
      utterance.grantedMs = grants[index] as number;
      if (utterance.grantedMs - utterance.toldMs < STEP_MS) return;
      utterance.toldMs = utterance.grantedMs;
      this.#options.onEvent({ type: 'credit', utteranceId: utterance.id, ms: utterance.grantedMs });
    });
  }

  /** What follows from what has changed: the first may play, or is over; how long it may still wait. */
  #look(): void {
    for (;;) {
      const first = this.#utterances[0];
      if (first?.phase.name === 'gathering' && first.isDone) {
        this.#finish(first, 'played');
        this.#grant();
        continue;
      }
      if (first?.phase.name === 'gathering' && (first.isComplete || first.bufferedMs >= this.#prebuffer.ms)) {
        first.phase = { name: 'playing', starts: true };
      }
      break;
    }
    this.#watchFirst();
    if (this.isDue) this.#options.wake();
  }

  #watchFirst(): void {
    this.#watch?.[Symbol.dispose]();
    this.#watch = null;
    const [first] = this.#utterances;
    if (first?.phase.name !== 'gathering') return;
    const ms = first.isEnded ? waitsMs.missing : waitsMs.audio;
    this.#watch = this.#options.clock.setTimeout(() => this.#onWaited(first), ms);
  }

  #onWaited(utterance: Utterance): void {
    this.#watch = null;
    if (utterance.isEnded) {
      utterance.giveUpMissing();
    } else {
      this.#options.onTrouble({ type: 'starved', utteranceId: utterance.id });
      this.#finish(utterance, 'aborted');
    }
    this.#grant();
    this.#look();
  }

  #drop(utteranceId: string, why: Gone | 'unknown' | 'not_granted'): void {
    this.#dropped += 1;
    if (why !== 'cancelled') this.#options.onTrouble({ type: 'dropped', utteranceId, why });
  }

  #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }

  #known(request: string, utteranceId: string): Utterance {
    const utterance = this.#utterances.find(({ id }) => id === utteranceId);
    if (utterance) return utterance;
    throw unknown(request, utteranceId, this.#gone.why(utteranceId));
  }
}

const unknown = (request: string, utteranceId: string, gone: Gone | null): ProtocolError => {
  const what = { over: 'is over', cancelled: 'was cancelled' } as const;
  const words = gone === null ? 'there is no such utterance' : `it ${what[gone]}`;
  return new ProtocolError('unknown_utterance', `${request}: ${utteranceId}: ${words}`);
};
