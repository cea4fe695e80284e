import type { Clock, NotificationParams } from '@parley/protocol';
import { ProtocolError } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { SpeechPort } from '../speaking/utterance.ts';
import type { FloorEvent } from '../turns/index.ts';
import { isLoud, type MicGate } from './gate.ts';
import { KeptCapture } from './kept-capture.ts';
import type { WordsSource } from './words/words-source.ts';

/** What is kept from before somebody was noticed to speak, ms. */
export const preRollMs = 300;
/** A capture ends after this much speech, and another follows, ms. */
export const captureMaxMs = 30_000;
/** Captures whose fate is not decided; whoever speaks beyond that is not heard. */
const maxKept = 32;

type From<N extends 'capture.audio' | 'capture.paused' | 'capture.resumed' | 'capture.ended' | 'capture.overflow'> =
  NotificationParams<'voxproc', N>;

export interface HearingOptions {
  readonly voxproc: Pick<SpeechPort, 'request'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly newCaptureId: () => string;
  /** Hz in which captures come. */
  readonly sampleRate: number;
  /** Milliseconds of silence that end a capture, as they are set now. */
  readonly silenceMs: () => number;
  readonly gate: MicGate;
  /** Human, not opted out, and agreed to be heard by the AI. */
  readonly mayHear: (userId: string) => boolean;
  /** Who tells words before it is decided whom something was for; null: nobody does. */
  readonly words: WordsSource | null;
  /** For the floor, or whoever stands before it. */
  readonly on: (event: FloorEvent) => void;
}

interface Entry {
  readonly kept: KeptCapture;
  /** `asked`: voxproc has not confirmed it. */
  phase: 'asked' | 'open' | 'ended';
  words: Disposable | null;
}

/**
 * Everybody whom the agent may hear: a capture for each stretch of a person's speech, kept until it is decided whether it was for the
 * agent. Who withdraws in the middle of one is forgotten at once, whatever had been kept.
 */
export class Hearing implements AsyncDisposable {
  readonly #options: HearingOptions;
  readonly #captures = new Map<string, Entry>();
  readonly #speaking = new Set<string>();
  #on = false;
  #refused = 0;

  constructor(options: HearingOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#on;
  }

  /** Stretches that were not heard because too much waited to be decided. */
  get refused(): number {
    return this.#refused;
  }

  /** Begins to listen, to those who speak now too. */
  listen(): void {
    if (this.#on) return;
    this.#on = true;
    for (const userId of this.#speaking) this.#capture(userId);
  }

  /** Listens no more, and forgets what was kept. */
  async silence(): Promise<void> {
    this.#on = false;
    await Promise.all([...this.#captures.values()].map((entry) => this.#stop(entry, 'stopped')));
  }

  speakingStarted(userId: string): void {
    this.#speaking.add(userId);
    this.#capture(userId);
  }

  speakingStopped(userId: string): void {
    this.#speaking.delete(userId);
  }

  /** Who may be heard has changed: whoever may not is forgotten. */
  async peopleChanged(): Promise<void> {
    const gone = [...this.#captures.values()].filter(({ kept }) => !this.#options.mayHear(kept.userId));
    await Promise.all(gone.map((entry) => this.#stop(entry, 'excluded')));
  }

  audio({ captureId, userId, pcm, peak, rms, echo }: From<'capture.audio'>): void {
    const entry = this.#captures.get(captureId);
    if (!entry || entry.phase === 'ended' || entry.kept.userId !== userId) return;
    const { gate, sampleRate, mayHear, on } = this.#options;
    if (!mayHear(userId)) {
      void this.#stop(entry, 'excluded');
      return;
    }
    this.#opened(entry);
    entry.kept.add(pcm);
    const ms = (pcm.length / 2 / sampleRate) * 1000;
    const loudMs = isLoud({ peak, rms }, gate) ? ms : 0;
    on({ type: 'capture_audio', captureId, ms, loudMs, echo: echo ?? null });
  }

  paused({ captureId, cause }: From<'capture.paused'>): void {
    if (this.#isOpen(captureId)) this.#options.on({ type: 'capture_paused', captureId, cause });
  }

  resumed({ captureId }: From<'capture.resumed'>): void {
    if (this.#isOpen(captureId)) this.#options.on({ type: 'capture_resumed', captureId });
  }

  ended({ captureId, reason }: From<'capture.ended'>): void {
    const entry = this.#captures.get(captureId);
    if (!entry || entry.phase === 'ended') return;
    if (reason === 'excluded' || reason === 'failed') {
      this.#forget(entry, reason === 'excluded' ? 'excluded' : 'lost');
      return;
    }
    this.#opened(entry);
    this.#end(entry, reason === 'session_ended' ? 'stopped' : reason);
  }

  overflow({ userId, droppedMs }: From<'capture.overflow'>): void {
    this.#options.logger.warn({ userId, droppedMs }, 'the agent did not hear a part of what somebody said');
  }

  /** The audio process is gone: what was being said is not answered. */
  lost(): void {
    this.#speaking.clear();
    for (const entry of [...this.#captures.values()]) if (entry.phase !== 'ended') this.#forget(entry, 'lost');
  }

  /** The person has finished: the capture is ended without waiting for the silence. */
  async finish(captureId: string): Promise<void> {
    const entry = this.#captures.get(captureId);
    if (!entry || entry.phase === 'ended') return;
    await this.#stopAtVoxproc(captureId);
    // Its end comes as a message, behind all of its audio; where it did not come, this is it.
    if (this.#captures.get(captureId)?.phase === 'open') this.#end(entry, 'stopped');
  }

  /** What was kept of a capture; null: nothing is known of it. */
  kept(captureId: string): KeptCapture | null {
    return this.#captures.get(captureId)?.kept ?? null;
  }

  /** It is decided: whoever needs it has it, and nothing is kept here any more. */
  release(captureId: string): void {
    const entry = this.#captures.get(captureId);
    if (entry?.phase !== 'ended') return;
    entry.words?.[Symbol.dispose]();
    this.#captures.delete(captureId);
  }

  /** It was not for the agent: forgotten, and where it goes on, ended. */
  async discard(captureId: string): Promise<void> {
    const entry = this.#captures.get(captureId);
    if (!entry) return;
    const wasOpen = entry.phase !== 'ended';
    this.#drop(entry);
    if (wasOpen) await this.#stopAtVoxproc(captureId);
    if (wasOpen) this.#again(entry.kept.userId);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.silence();
    await this.#options.words?.[Symbol.asyncDispose]();
  }

  #isOpen(captureId: string): boolean {
    return this.#captures.get(captureId)?.phase === 'open';
  }

  #capture(userId: string): void {
    const { newCaptureId, sampleRate, mayHear } = this.#options;
    if (!this.#on || !mayHear(userId)) return;
    const open = [...this.#captures.values()].some(({ kept, phase }) => kept.userId === userId && phase !== 'ended');
    if (open) return;
    if (this.#captures.size >= maxKept) {
      this.#refused += 1;
      return;
    }
    const captureId = newCaptureId();
    const kept = new KeptCapture({ captureId, userId, rate: sampleRate, maxMs: captureMaxMs });
    const entry: Entry = { kept, phase: 'asked', words: null };
    this.#captures.set(captureId, entry);
    void this.#ask(entry);
  }

  async #ask(entry: Entry): Promise<void> {
    const { voxproc, silenceMs, logger } = this.#options;
    const { captureId, userId, rate } = entry.kept;
    try {
      await voxproc.request('capture.start', {
        ...{ userId, captureId, sampleRate: rate, preRollMs },
        ...{ silenceMs: silenceMs(), maxMs: captureMaxMs },
      });
      if (this.#captures.get(captureId) === entry) this.#opened(entry);
    } catch (error) {
      const code = error instanceof ProtocolError ? error.code : 'internal';
      logger.debug({ userId, captureId, code }, 'somebody who speaks cannot be heard now');
      if (this.#captures.get(captureId) === entry) this.#forget(entry, 'stopped');
    }
  }

  #opened(entry: Entry): void {
    if (entry.phase !== 'asked') return;
    entry.phase = 'open';
    const { captureId, userId } = entry.kept;
    const { on, words } = this.#options;
    on({ type: 'capture_started', captureId, userId });
    entry.words = words?.follow(entry.kept, (text, final) => on({ type: 'words', captureId, text, final })) ?? null;
  }

  #end(entry: Entry, reason: 'silence' | 'max_length' | 'stopped' | 'left'): void {
    entry.phase = 'ended';
    entry.kept.end();
    this.#options.on({ type: 'capture_ended', captureId: entry.kept.captureId, reason });
    if (reason !== 'silence' && reason !== 'left') this.#again(entry.kept.userId);
  }

  /** Somebody who goes on speaking is not noticed to begin. */
  #again(userId: string): void {
    if (this.#speaking.has(userId)) this.#capture(userId);
  }

  async #stop(entry: Entry, reason: 'stopped' | 'excluded'): Promise<void> {
    const wasOpen = entry.phase !== 'ended';
    this.#forget(entry, reason);
    if (wasOpen) await this.#stopAtVoxproc(entry.kept.captureId);
  }

  async #stopAtVoxproc(captureId: string): Promise<void> {
    try {
      await this.#options.voxproc.request('capture.stop', { captureId });
    } catch {
      // It has ended by itself, or with its process.
    }
  }

  /** Nothing of it goes anywhere from here on. */
  #forget(entry: Entry, reason: 'stopped' | 'excluded' | 'lost'): void {
    const wasKnown = entry.phase !== 'asked';
    this.#drop(entry);
    if (wasKnown) this.#options.on({ type: 'capture_ended', captureId: entry.kept.captureId, reason });
  }

  #drop(entry: Entry): void {
    entry.phase = 'ended';
    entry.words?.[Symbol.dispose]();
    entry.kept.forget();
    this.#captures.delete(entry.kept.captureId);
  }
}
