import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { Store } from '../../store/store.ts';
import type { ChatModel } from '../../transcripts/text-model/chat-model.ts';
import type { CandidateRow, EpisodeRow, MemoryRow, StoredTurn, ThreadRow } from '../memory-rows.ts';
import { extractEpisode } from './extract-episode.ts';
import { type Candidate, promoted, wantsForgetting } from './promotion.ts';
import { modelCandidates, modelThreadSummary, type ThreadSummary } from './thread-model.ts';

/** What the end of a thread came to. */
export type ThreadEnd =
  | { readonly finalized: true; readonly episode: EpisodeRow | null; readonly remembered: number }
  /** `failed`: it is tried again at the next start. `not_open`: it has ended before, or is not known. */
  | { readonly finalized: false; readonly why: 'incognito' | 'failed' | 'not_open' };

export interface ThreadEnderOptions {
  readonly store: Pick<Store, 'memory'>;
  /** null: summaries are of the longest turns, and nothing is found to be remembered. */
  readonly model: Pick<ChatModel, 'ask'> | null;
  readonly nameOf: (guildId: string | null, userId: string) => string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether somebody agreed that an AI gets what they said. */
  readonly mayUseModel: (guildId: string | null, userIds: readonly string[]) => Promise<boolean>;
}

/** A thread that is being ended says in its detail which part comes next, so that after a crash nothing is paid for twice. */
const steps = { candidates: 'candidates', summary: 'summary' } as const;

/**
 * Ends threads: what may be worth remembering is found and held, the conversation is summed up in one episode, what is borne out is
 * remembered. However often it is asked, a thread is ended once. A model that fails costs its words, never the end.
 */
export class ThreadEnder implements Disposable {
  readonly #options: ThreadEnderOptions;
  readonly #running = new Map<string, Promise<ThreadEnd>>();
  readonly #closing = new AbortController();

  constructor(options: ThreadEnderOptions) {
    this.#options = options;
  }

  /** Ends an open thread. Whoever asks while it is being ended waits for the same end. Never rejects. */
  end(threadId: string): Promise<ThreadEnd> {
    return this.#once(threadId, async () => {
      const { store, clock } = this.#options;
      const began = await store.memory.moved(threadId, ['open'], 'in_progress', steps.candidates, clock.now());
      return began ? await this.#finish(threadId) : { finalized: false, why: 'not_open' };
    });
  }

  /** Goes on with an end that was interrupted or failed. Never rejects. */
  resume({ threadId, state }: Pick<ThreadRow, 'threadId' | 'state'>): Promise<ThreadEnd> {
    if (state === 'open') return this.end(threadId);
    return this.#once(threadId, () => this.#finish(threadId));
  }

  [Symbol.dispose](): void {
    this.#closing.abort(new Error('Parley is being shut down'));
  }

  #once(threadId: string, work: () => Promise<ThreadEnd>): Promise<ThreadEnd> {
    const running = this.#running.get(threadId);
    if (running) return running;
    const end = this.#failing(threadId, work).finally(() => this.#running.delete(threadId));
    this.#running.set(threadId, end);
    return end;
  }

  async #failing(threadId: string, work: () => Promise<ThreadEnd>): Promise<ThreadEnd> {
    const { store, clock, logger } = this.#options;
    try {
      return await work();
    } catch (error) {
      logger.error({ err: error, threadId }, 'a conversation could not be ended in the memory');
      if (this.#closing.signal.aborted) return { finalized: false, why: 'failed' };
      const detail = error instanceof Error && 'code' in error ? String(error.code) : 'failed';
      const noted = store.memory.moved(threadId, ['in_progress'], 'failed', detail, clock.now());
      await noted.catch((cause: unknown) => logger.error({ err: cause, threadId }, 'nor could that be noted'));
      return { finalized: false, why: 'failed' };
    }
  }

  async #finish(threadId: string): Promise<ThreadEnd> {
    const { store } = this.#options;
    for (;;) {
      const thread = await store.memory.thread(threadId);
      if (thread === null || thread.state === 'completed') return { finalized: false, why: 'not_open' };
      const turns = await store.memory.turns(threadId);
      const people = [...new Set(turns.flatMap(({ speakers }) => speakers))];
      const model = (await this.#options.mayUseModel(thread.guildId, people)) ? this.#options.model : null;
      if (thread.stateDetail !== steps.summary) await this.#hold(thread, turns, model);
      const end = await this.#close(thread, turns, people, model);
      // Somebody was forgotten while a model thought about it: once more, with what there is now.
      if (end !== null) return end;
    }
  }

  /** @returns null: the turns are not those any more */
  async #close(
    thread: ThreadRow,
    turns: readonly StoredTurn[],
    people: readonly string[],
    model: Pick<ChatModel, 'ask'> | null,
  ): Promise<ThreadEnd | null> {
    const { store, clock, nameOf } = this.#options;
    const { threadId, ownerId, guildId } = thread;
    const name = (userId: string): string => nameOf(guildId, userId);
    const summary = turns.length === 0 ? null : await this.#summary(threadId, turns, model, name);
    const at = clock.now();
    const turnCount = turns.length;
    const episode = summary === null ? null : { threadId, ownerId, guildId, at, ...summary, turnCount, people };
    const memories = await this.#promoted(thread, turns, at);
    if (!(await store.memory.finished(threadId, { turns: turnCount, episode, memories, at }))) return null;
    return { finalized: true, episode, remembered: memories.length };
  }

  /** Finds what may be worth remembering and holds it; from then on the end goes on with the summary. */
  async #hold(
    { threadId }: ThreadRow,
    turns: readonly StoredTurn[],
    model: Pick<ChatModel, 'ask'> | null,
  ): Promise<void> {
    const { store, clock, logger } = this.#options;
    let found: readonly CandidateRow[] = [];
    if (model !== null && turns.length > 0 && !wantsForgetting(turns)) {
      try {
        found = await modelCandidates(model, turns, this.#closing.signal);
      } catch (error) {
        this.#closing.signal.throwIfAborted();
        logger.warn({ err: error, threadId }, 'nothing was found to be remembered of a conversation');
      }
    }
    await store.memory.held(threadId, found);
    await store.memory.moved(threadId, ['in_progress', 'failed'], 'in_progress', steps.summary, clock.now());
  }

  async #summary(
    threadId: string,
    turns: readonly StoredTurn[],
    model: Pick<ChatModel, 'ask'> | null,
    name: (userId: string) => string,
  ): Promise<ThreadSummary> {
    try {
      if (model !== null) return await modelThreadSummary(model, turns, name, this.#closing.signal);
    } catch (error) {
      this.#closing.signal.throwIfAborted();
      this.#options.logger.warn({ err: error, threadId }, 'a conversation was not summed up by the model');
    }
    return extractEpisode(turns, name);
  }

  async #promoted(
    { threadId, guildId }: ThreadRow,
    turns: readonly StoredTurn[],
    at: number,
  ): Promise<Omit<MemoryRow, 'id'>[]> {
    const { store } = this.#options;
    const held = await store.memory.candidates(threadId);
    const grouped = new Map<string, Candidate>();
    for (const { ownerId, kind, text, turnId } of held) {
      const key = `${ownerId} ${kind} ${text}`;
      grouped.set(key, { ownerId, kind, text, turnIds: [...(grouped.get(key)?.turnIds ?? []), turnId] });
    }
    const owners = [...new Set(held.map(({ ownerId }) => ownerId))];
    const prior = await Promise.all(owners.map((owner) => store.memory.priorSessions(owner, threadId)));
    const priorSessions = new Map(owners.map((owner, index) => [owner, prior[index] ?? 0]));
    const kept = promoted({ turns, candidates: [...grouped.values()], priorSessions });
    const known = new Set<string>();
    for (const owner of new Set(kept.map(({ ownerId }) => ownerId))) {
      for (const { text } of await store.memory.memoriesOf(owner)) known.add(`${owner} ${text.toLowerCase()}`);
    }
    return kept
      .filter(({ ownerId, text }) => !known.has(`${ownerId} ${text.toLowerCase()}`))
      .map(({ ownerId, kind, text }) => ({
        ...{ ownerId, guildId, scope: 'private', kind, text, threadId, createdAt: at, updatedAt: at },
      }));
  }
}
