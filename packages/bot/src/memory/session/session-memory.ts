import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { Store } from '../../store/store.ts';
import type { MemoryMode } from '../mode.ts';
import type { SafetyFinding } from '../recorder/safety-check.ts';
import type { TurnRecorder } from '../recorder/turn-recorder.ts';
import type { ThreadEnd, ThreadEnder } from '../threads/thread-ender.ts';
import type { RecordableTurn, TurnEvent } from '../turns/turn-event.ts';
import { emptyTracker, stepTracker, type TurnTracker } from '../turns/turn-tracker.ts';
import { TurnWriter } from './turn-writer.ts';

export interface SessionMemoryOptions {
  readonly store: Pick<Store, 'memory'>;
  readonly recorder: TurnRecorder;
  readonly ender: Pick<ThreadEnder, 'end'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly sessionId: string;
  readonly guildId: string;
  readonly newId: () => string;
  /** What the installation and the guild allow now. */
  readonly allowed: () => MemoryMode;
  /** The humans who are there now. */
  readonly present: () => readonly string[];
  /** Whether what this person says may be remembered. */
  readonly mayRemember: (userId: string) => Promise<boolean>;
  /** What the conversation runs on; never what was said. */
  readonly runtime: () => Readonly<Record<string, string>>;
  /** The safety check found something in what was just said. Must not throw. */
  readonly onFinding: (finding: SafetyFinding) => void;
}

/** What a wish to leave incognito came to; `missing`: who was there and has not agreed yet. */
export type OffOutcome =
  | { readonly kind: 'off' }
  | { readonly kind: 'waiting'; readonly missing: readonly string[] }
  | { readonly kind: 'unchanged' }
  /** The installation or the guild wants it so. */
  | { readonly kind: 'not_allowed' };

type State =
  | { readonly mode: 'persistent'; readonly writer: TurnWriter }
  | {
      readonly mode: 'incognito';
      /** Everybody who was there since it began. */
      readonly people: Set<string>;
      readonly agreed: Set<string>;
      turnCount: number;
    };

/**
 * What is remembered of one session: its mode, the thread of the moment, and the turns on their way there. While it is incognito turns
 * are counted and nothing else. Each switch begins anew: nothing of one mode reaches the other.
 */
export class SessionMemory {
  readonly #options: SessionMemoryOptions;
  #requested: MemoryMode = 'persistent';
  #state: State;
  #tracker: TurnTracker = emptyTracker;
  #closed = false;
  #end: Promise<ThreadEnd> | null = null;
  /** Threads of this session that are being ended. */
  readonly #ending = new Set<Promise<ThreadEnd>>();
  #lastThreadId: string | null = null;

  constructor(options: SessionMemoryOptions) {
    this.#options = options;
    this.#state = options.allowed() === 'persistent' ? this.#persistent() : this.#incognito();
  }

  get mode(): MemoryMode {
    return this.#state.mode;
  }

  /** Turns of the thread of the moment. */
  get turnCount(): number {
    return this.#state.mode === 'incognito' ? this.#state.turnCount : this.#state.writer.turnCount;
  }

  /** The thread that was written to last; null: none was. */
  get threadId(): string | null {
    return this.#state.mode === 'persistent' ? (this.#state.writer.threadId ?? this.#lastThreadId) : this.#lastThreadId;
  }

  /** Whether somebody was there since incognito began. */
  wasThere(userId: string): boolean {
    this.peopleChanged();
    return this.#state.mode === 'incognito' && this.#state.people.has(userId);
  }

  /** Something happened to a turn. */
  take(event: TurnEvent): void {
    if (!this.#closed) this.#step(event);
  }

  #step(event: TurnEvent): void {
    const { tracker, record } = stepTracker(this.#tracker, event);
    this.#tracker = tracker;
    if (record !== null) this.#record(record);
  }

  /** Nothing durable from now on; what was not finished is let go. @returns whether anything changed */
  incognitoOn(): boolean {
    this.#requested = 'incognito';
    return this.#follow();
  }

  /** Somebody agrees to leave incognito; a manager decides alone. Who was there has to agree, gone or not. */
  incognitoOff(userId: string, isManager: boolean): OffOutcome {
    const state = this.#state;
    if (state.mode === 'persistent') return { kind: 'unchanged' };
    if (this.#options.allowed() === 'incognito') return { kind: 'not_allowed' };
    this.peopleChanged();
    state.agreed.add(userId);
    const missing = isManager ? [] : [...state.people].filter((id) => !state.agreed.has(id));
    if (missing.length > 0) return { kind: 'waiting', missing };
    this.#requested = 'persistent';
    this.#follow();
    return { kind: 'off' };
  }

  /** The settings changed. @returns whether the mode did */
  settingsChanged(): boolean {
    return this.#follow();
  }

  /** Somebody came. */
  peopleChanged(): void {
    if (this.#state.mode === 'incognito') for (const userId of this.#options.present()) this.#state.people.add(userId);
  }

  /** Nothing of what this person said is to be kept any more. */
  forget(userId: string): void {
    this.take({ type: 'forgotten', userId });
  }

  /** The session ends: waits for what is being written, then ends its thread; whoever asks again gets the same end. Never rejects. */
  close(): Promise<ThreadEnd> {
    this.#end ??= this.#close();
    return this.#end;
  }

  async #close(): Promise<ThreadEnd> {
    this.take({ type: 'closed' });
    this.#closed = true;
    const state = this.#state;
    if (state.mode === 'persistent') this.#endThread(state.writer);
    const ends = await Promise.all(this.#ending);
    if (state.mode === 'incognito') return { finalized: false, why: 'incognito' };
    return ends.at(-1) ?? { finalized: false, why: 'not_open' };
  }

  #follow(): boolean {
    const allowed = this.#options.allowed();
    const mode = allowed === 'persistent' ? this.#requested : 'incognito';
    const before = this.#state;
    if (mode === before.mode || this.#closed) return false;
    // Turns under way belong to neither: they are let go.
    this.#tracker = emptyTracker;
    this.#state = mode === 'persistent' ? this.#persistent() : this.#incognito();
    if (before.mode === 'persistent') this.#endThread(before.writer);
    return true;
  }

  #record(turn: RecordableTurn): void {
    const state = this.#state;
    if (state.mode === 'persistent') {
      state.writer.write(turn);
      return;
    }
    state.turnCount += 1;
    const { recorder, onFinding } = this.#options;
    void recorder.check(turn.userText).then((finding) => {
      if (finding !== null) onFinding(finding);
    });
    this.#step({ type: 'recorded', turnId: turn.turnId });
  }

  #persistent(): State {
    const { store, recorder, clock, logger, sessionId, guildId, newId, mayRemember, runtime, onFinding } =
      this.#options;
    const writer: TurnWriter = new TurnWriter({
      ...{ store, recorder, clock, logger, sessionId, guildId, newId, mayRemember, runtime, onFinding },
      onDone: (turnId) => {
        if (this.#state.mode === 'persistent' && this.#state.writer === writer)
          this.#step({ type: 'recorded', turnId });
      },
    });
    return { mode: 'persistent', writer };
  }

  #incognito(): State {
    return { mode: 'incognito', people: new Set(this.#options.present()), agreed: new Set(), turnCount: 0 };
  }

  #endThread(writer: TurnWriter): void {
    const end = async (): Promise<ThreadEnd> => {
      await writer.close();
      const { threadId } = writer;
      this.#lastThreadId = threadId ?? this.#lastThreadId;
      return threadId === null ? { finalized: false, why: 'not_open' } : await this.#options.ender.end(threadId);
    };
    this.#ending.add(end());
  }
}
