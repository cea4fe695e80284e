import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { RecordingRow, Store } from '../../store/index.ts';
import type { Background } from '../../vox/background.ts';
import { transcriptionErrors } from '../transcription-error.ts';
import { jobOf, leftOf, type TranscriptionSettings } from './job-of.ts';
import { readTranscriptFile, spokenRows } from './read-spoken.ts';
import type { RunTranscribe, TranscribeEnd } from './run-transcribe.ts';
import type { TextUse } from './withheld.ts';

/** Milliseconds before each further try of a transcription that may do better later; after the last it waits for a person. */
export const transcribeRetryMs = [60_000, 10 * 60_000, 3_600_000] as const;
/** When the day's minutes are used up, it is looked at again after this long, milliseconds. */
export const budgetWaitMs = 3_600_000;
const dayMs = 24 * 3_600_000;
/** People who withdraw while it runs: it is done again so often, which costs nothing for what was heard before. */
const attempts = 3;

/** What people are told of a job. */
export type TranscriptionNews =
  /** `atOnce`: somebody asked for it and wants to see that it goes on. */
  | { readonly kind: 'progress'; readonly fraction: number; readonly atOnce: boolean }
  | { readonly kind: 'ready'; readonly segments: number; readonly bound: 'day' | 'recording' | null }
  | {
      readonly kind: 'failed';
      readonly code: Extract<TranscribeEnd, { kind: 'failed' }>['code'];
      readonly again: boolean;
    };

export interface TranscriptionServiceOptions {
  readonly settings: TranscriptionSettings;
  readonly store: Store;
  readonly run: RunTranscribe;
  readonly withheld: (use: TextUse, guildId: string, folder: string) => Promise<ReadonlySet<string>>;
  /** Must not throw. */
  readonly tell: (recording: RecordingRow, news: TranscriptionNews) => void;
  /** Called when it is disposed. */
  readonly onEnd?: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
}

/** What became of a wish. */
export type TranscriptionAsked = 'queued' | 'already_queued' | 'not_configured' | 'not_ready' | 'unknown_recording';

interface Current {
  readonly recordingSessionId: string;
  readonly interrupt: AbortController;
  /** Share done, 0 to 1. */
  fraction: number;
  readonly ended: Promise<void>;
}

/**
 * Recordings on their way to a transcript: one at a time, in order, kept in the store's jobs, so that a restart goes on with them. What a run
 * has heard is kept in the recording's folder: a run that is interrupted pays for nothing twice.
 */
export class TranscriptionService implements AsyncDisposable {
  readonly #options: TranscriptionServiceOptions;
  #waiting: string[] = [];
  readonly #tries = new Map<string, number>();
  readonly #timers = new Map<string, Disposable>();
  readonly #held = new Map<string, number>();
  readonly #askedFor = new Set<string>();
  readonly #stop = new AbortController();
  #current: Current | null = null;

  constructor(options: TranscriptionServiceOptions) {
    this.#options = options;
  }

  /** Whether anybody transcribes. */
  get isConfigured(): boolean {
    return this.#options.settings.transcription.provider !== 'none';
  }

  /** Whether a recording waits for its turn, or is being worked on. */
  has(recordingSessionId: string): boolean {
    return this.#waiting.includes(recordingSessionId) || this.#isRunning(recordingSessionId);
  }

  /** Goes on with what the last run of the supervisor left. @throws StoreError */
  async resume(): Promise<void> {
    if (!this.isConfigured) return;
    const { store, clock } = this.#options;
    for (const { recordingSessionId, notBefore } of await store.jobs.open('transcribe')) {
      if (notBefore > clock.now()) this.#later(recordingSessionId, notBefore - clock.now());
      else this.#enqueue(recordingSessionId);
    }
  }

  /** A recording was mixed: it is transcribed where its guild wants that, and again where it was before. @throws StoreError */
  async mixed(recordingSessionId: string): Promise<void> {
    if (!this.isConfigured) return;
    const { store } = this.#options;
    const row = await store.recordings.get(recordingSessionId);
    if (row === null || !isMixed(row)) return;
    const wasAsked = (await store.jobs.get('transcribe', recordingSessionId)) !== null;
    if (wasAsked || (await store.guildSettings.get(row.guildId)).transcribe) await this.#take(recordingSessionId);
  }

  /** Somebody wants a recording transcribed, or done again. @throws StoreError */
  async ask(recordingSessionId: string): Promise<TranscriptionAsked> {
    const asked = await this.#take(recordingSessionId);
    if (asked === 'queued') this.#askedFor.add(recordingSessionId);
    return asked;
  }

  /** How far the run of now is, 0 to 1; null: this recording is not being transcribed. */
  fractionOf(recordingSessionId: string): number | null {
    return this.#isRunning(recordingSessionId) ? (this.#current?.fraction ?? null) : null;
  }

  async #take(recordingSessionId: string): Promise<TranscriptionAsked> {
    if (!this.isConfigured) return 'not_configured';
    const { store } = this.#options;
    const row = await store.recordings.get(recordingSessionId);
    if (row === null) return 'unknown_recording';
    if (!isMixed(row)) return 'not_ready';
    if (this.has(recordingSessionId)) return 'already_queued';
    await store.jobs.put('transcribe', recordingSessionId);
    this.#tries.delete(recordingSessionId);
    this.#enqueue(recordingSessionId);
    return 'queued';
  }

  /**
   * Keeps a recording from being transcribed until disposed; a run of it is interrupted, and begun anew afterwards. Resolves when nothing
   * is done with its files any more.
   */
  async hold(recordingSessionId: string): Promise<Disposable> {
    this.#held.set(recordingSessionId, (this.#held.get(recordingSessionId) ?? 0) + 1);
    if (this.#isRunning(recordingSessionId)) {
      this.#current?.interrupt.abort();
      await this.#current?.ended;
    }
    return {
      [Symbol.dispose]: () => {
        const holds = (this.#held.get(recordingSessionId) ?? 1) - 1;
        if (holds > 0) this.#held.set(recordingSessionId, holds);
        else this.#held.delete(recordingSessionId);
        this.#next();
      },
    };
  }

  /** Begins the run of now anew, where it is of this guild or (null) of any: who agrees to it has changed. */
  reconsider(guildId: string | null): void {
    // A recording's id begins with its guild's.
    const isOf = guildId === null || this.#current?.recordingSessionId.startsWith(`${guildId}-`);
    if (isOf) this.#current?.interrupt.abort();
  }

  /** Interrupts the run of now; the next start goes on with it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#waiting = [];
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
    this.#timers.clear();
    await this.#current?.ended;
    this.#options.onEnd?.();
  }

  #isRunning(recordingSessionId: string): boolean {
    return this.#current?.recordingSessionId === recordingSessionId;
  }

  #enqueue(recordingSessionId: string): void {
    this.#timers.get(recordingSessionId)?.[Symbol.dispose]();
    this.#timers.delete(recordingSessionId);
    if (this.#stop.signal.aborted || this.#waiting.includes(recordingSessionId)) return;
    this.#waiting.push(recordingSessionId);
    this.#next();
  }

  #later(recordingSessionId: string, ms: number): void {
    if (this.#stop.signal.aborted) return;
    this.#timers.get(recordingSessionId)?.[Symbol.dispose]();
    const timer = this.#options.clock.setTimeout(() => this.#enqueue(recordingSessionId), ms);
    this.#timers.set(recordingSessionId, timer);
  }

  #next(): void {
    if (this.#current !== null || this.#stop.signal.aborted) return;
    const place = this.#waiting.findIndex((id) => !this.#held.has(id));
    const [recordingSessionId] = place < 0 ? [] : this.#waiting.splice(place, 1);
    if (recordingSessionId === undefined) return;
    const ended = Promise.withResolvers<void>();
    const interrupt = new AbortController();
    this.#current = { recordingSessionId, interrupt, fraction: 0, ended: ended.promise };
    const { background } = this.#options;
    background.run(
      'transcription',
      async () => {
        try {
          await this.#work(recordingSessionId, AbortSignal.any([interrupt.signal, this.#stop.signal]));
        } finally {
          this.#current = null;
          ended.resolve();
          this.#next();
        }
      },
      { recordingSessionId },
    );
  }

  /** @throws StoreError: then the job stays open for the next start */
  async #work(recordingSessionId: string, signal: AbortSignal): Promise<void> {
    const { store, clock, logger } = this.#options;
    const row = await store.recordings.get(recordingSessionId);
    // Deleted meanwhile, or being mixed anew: whoever ends that asks again.
    if (row === null || !isMixed(row)) return;
    await store.jobs.update('transcribe', recordingSessionId, { state: 'running', attempt: true });
    const startedUs = clock.monotonicUs();
    logger.info({ recordingSessionId }, 'transcription started');
    const end = await this.#attempt(row, signal);
    const ms = Math.round((clock.monotonicUs() - startedUs) / 1000);
    switch (end.kind) {
      case 'interrupted':
        logger.info({ recordingSessionId }, 'transcription interrupted; it goes on later');
        if (!this.#stop.signal.aborted) this.#waiting.unshift(recordingSessionId);
        return;
      case 'postponed':
        logger.info(
          { recordingSessionId, ms: budgetWaitMs },
          'the minutes of this day are used up: transcription waits',
        );
        await this.#postpone(recordingSessionId, budgetWaitMs, null);
        return;
      case 'done':
        return await this.#finished(row, end, ms);
      case 'failed':
        return await this.#failed(row, end);
    }
  }

  /** One run, and further ones while people in it withdraw. Never rejects. */
  async #attempt(row: RecordingRow, signal: AbortSignal): Promise<TranscribeEnd | { readonly kind: 'postponed' }> {
    const { store, run, withheld, tell, background, settings } = this.#options;
    const { recordingSessionId, folder, guildId } = row;
    const people = async () => {
      const [without, withoutAi] = await Promise.all([
        withheld('transcribed', guildId, folder),
        withheld('heard_by_ai', guildId, folder),
      ]);
      return { without, withoutAi };
    };
    const listener = {
      progress: (fraction: number) => {
        if (this.#current?.recordingSessionId === recordingSessionId) this.#current.fraction = fraction;
        tell(row, { kind: 'progress', fraction, atOnce: this.#askedFor.has(recordingSessionId) });
      },
      paid: (seconds: number) =>
        background.run('minutes paid for', () => store.transcripts.used(recordingSessionId, seconds)),
    };
    try {
      let left = await people();
      for (let attempt = 1; ; attempt += 1) {
        const budget = await this.#budget(recordingSessionId);
        const isPaid = settings.transcription.provider === 'openai';
        if (isPaid && budget.day !== null && budget.day < 1) return { kind: 'postponed' };
        const config = jobOf(settings, left, budget);
        if (config === null) return { kind: 'failed', code: 'engine_missing', error: 'nobody transcribes' };
        const end = await run(folder, config, listener, signal);
        if (end.kind !== 'done') return end;
        const now = await people();
        if ([...now.without].every((userId) => left.without.has(userId))) return end;
        // What somebody said who withdrew meanwhile stands there: without them, or not at all.
        if (attempt >= attempts) return { kind: 'failed', code: 'folder', error: 'people withdraw while it runs' };
        left = now;
      }
    } catch (error) {
      return { kind: 'failed', code: 'folder', error: error instanceof Error ? error.message : String(error) };
    }
  }

  async #budget(recordingSessionId: string): Promise<{ day: number | null; recording: number | null }> {
    const { store, clock, settings } = this.#options;
    const { maxMinutesPerDay, maxMinutesPerRecording } = settings.transcription;
    const since = clock.now() - dayMs;
    return {
      day: leftOf(maxMinutesPerDay, await store.transcripts.usedSince(since)),
      recording: leftOf(maxMinutesPerRecording, await store.transcripts.usedSince(0, recordingSessionId)),
    };
  }

  async #finished(row: RecordingRow, end: Extract<TranscribeEnd, { kind: 'done' }>, ms: number): Promise<void> {
    const { store, logger, tell } = this.#options;
    const { recordingSessionId, folder } = row;
    const transcript = await readTranscriptFile(folder);
    if (transcript === null) {
      return await this.#failed(row, { kind: 'failed', code: 'folder', error: 'transcript.json cannot be read' });
    }
    await store.transcripts.replaced(recordingSessionId, spokenRows(transcript));
    this.#tries.delete(recordingSessionId);
    this.#askedFor.delete(recordingSessionId);
    const { segments, seconds, bound } = end;
    logger.info({ recordingSessionId, segments, seconds, bound, ms }, 'transcription finished');
    if (bound === 'day') await this.#postpone(recordingSessionId, budgetWaitMs, null);
    else await store.jobs.update('transcribe', recordingSessionId, { state: 'done', lastError: null });
    tell(row, { kind: 'ready', segments, bound });
  }

  async #failed(row: RecordingRow, { code, error }: Extract<TranscribeEnd, { kind: 'failed' }>): Promise<void> {
    const { store, logger, tell } = this.#options;
    const { recordingSessionId } = row;
    const tries = this.#tries.get(recordingSessionId) ?? 0;
    const retryMs = transcriptionErrors[code].again === 'later' ? transcribeRetryMs[tries] : undefined;
    if (retryMs !== undefined) {
      logger.warn({ recordingSessionId, code, reason: error, retryMs }, 'transcription failed; it is tried again');
      this.#tries.set(recordingSessionId, tries + 1);
      await this.#postpone(recordingSessionId, retryMs, error);
      if (tries === 0) tell(row, { kind: 'failed', code, again: true });
      return;
    }
    this.#tries.delete(recordingSessionId);
    this.#askedFor.delete(recordingSessionId);
    logger.error({ recordingSessionId, code, reason: error }, 'transcription given up until it is asked for again');
    await store.jobs.update('transcribe', recordingSessionId, { state: 'failed', lastError: error });
    tell(row, { kind: 'failed', code, again: false });
  }

  async #postpone(recordingSessionId: string, ms: number, lastError: string | null): Promise<void> {
    const { store, clock } = this.#options;
    const notBefore = clock.now() + ms;
    await store.jobs.update('transcribe', recordingSessionId, { state: 'queued', notBefore, lastError });
    this.#later(recordingSessionId, ms);
  }
}

const isMixed = ({ status }: RecordingRow): boolean => status === 'completed' || status === 'partial';
