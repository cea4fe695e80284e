import type {
  AppendResult,
  CandidateRow,
  EpisodeRow,
  Feedback,
  MemoryKind,
  MemoryRow,
  MemoryScope,
  NewTurn,
  StoredTurn,
  ThreadRow,
  ThreadState,
} from './memory-rows.ts';

/** What is remembered, on disk. Every promise rejects with `StoreError`; what it has resolved is on disk. */
export interface MemoryStore {
  /** Opens a thread, or finds it as it was opened before. */
  opened(
    thread: Pick<ThreadRow, 'threadId' | 'surface' | 'ownerId' | 'guildId' | 'sessionId' | 'createdAt'>,
  ): Promise<void>;
  thread(threadId: string): Promise<ThreadRow | null>;
  /** Threads that nobody ended, of which nothing was heard since then; and those whose ending was interrupted or failed. */
  unfinished(idleSince: number): Promise<ThreadRow[]>;
  /** Appends a turn and its receipt, both or none. */
  append(turn: NewTurn): Promise<AppendResult>;
  turns(threadId: string): Promise<StoredTurn[]>;
  /** Holds what may be worth remembering until the thread ends, in place of what was held before; nothing of a turn that is gone. */
  held(threadId: string, candidates: readonly CandidateRow[]): Promise<void>;
  candidates(threadId: string): Promise<CandidateRow[]>;
  /** Moves a thread on, if it is in one of these states. @returns whether it was */
  moved(
    threadId: string,
    from: readonly ThreadState[],
    to: ThreadState,
    detail: string | null,
    at: number,
  ): Promise<boolean>;
  /**
   * The end of a thread: its episode, what is remembered from now on, and no candidates any more; all or nothing.
   * @returns false: it has not so many turns (any more), since somebody was forgotten meanwhile; nothing was done
   */
  finished(
    threadId: string,
    end: {
      readonly turns: number;
      readonly episode: EpisodeRow | null;
      readonly memories: readonly Omit<MemoryRow, 'id'>[];
      readonly at: number;
    },
  ): Promise<boolean>;
  rated(threadId: string, feedback: Feedback): Promise<boolean>;
  /** How many threads of a person have ended that had turns. */
  priorSessions(ownerId: string, exceptThreadId: string): Promise<number>;
  remember(memory: Omit<MemoryRow, 'id'>): Promise<number>;
  /** Everything of a person, newest first. */
  memoriesOf(ownerId: string): Promise<MemoryRow[]>;
  /** What these people let everybody in the guild hear. */
  guildMemories(guildId: string, ownerIds: readonly string[]): Promise<MemoryRow[]>;
  /** Only of its owner. @returns whether there was one */
  changeMemory(
    id: number,
    ownerId: string,
    patch: {
      readonly text?: string;
      readonly scope?: MemoryScope;
      readonly guildId?: string | null;
      readonly kind?: MemoryKind;
    },
    at: number,
  ): Promise<boolean>;
  forgetMemory(id: number, ownerId: string): Promise<boolean>;
  /** Episodes a person took part in, newest first. */
  episodesOf(userId: string, limit: number): Promise<EpisodeRow[]>;
}
