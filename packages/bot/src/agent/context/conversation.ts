import type { ContextItem } from '../provider/realtime-provider.ts';

/** One thing that was said, in the order in which its turn began. */
export interface ConversationTurn {
  /** null: the agent. */
  readonly userId: string | null;
  readonly name: string;
  readonly text: string;
}

/** Turns that are kept word for word. */
export const verbatimTurns = 50;
/** Older ones are put into a summary so many at a time. */
export const compactBatch = 10;
/** What a summary may be long, characters. */
export const summaryChars = 2000;
const turnChars = 2000;

/** Makes a shorter summary of a summary and turns that follow it. @throws what failed; the signal's reason */
export type Summarize = (summary: string, turns: readonly ConversationTurn[]) => Promise<string>;

/**
 * What was said with the agent, as far as it was heard. Beyond 50 turns the oldest ten become part of a summary, one batch at a time;
 * where nobody can make one, they are let go.
 */
export class Conversation {
  readonly #summarize: Summarize | null;
  #turns: ConversationTurn[] = [];
  #summary = '';
  #compacting = false;

  constructor(summarize: Summarize | null) {
    this.#summarize = summarize;
  }

  get turns(): readonly ConversationTurn[] {
    return this.#turns;
  }

  /** What was said before the turns; null: nothing that is known. */
  get summary(): string | null {
    return this.#summary === '' ? null : this.#summary;
  }

  /** @returns a batch that is being compacted, for whoever waits for such things; null: none is due */
  add(turn: ConversationTurn): Promise<void> | null {
    const text = turn.text.trim().slice(0, turnChars);
    if (text === '') return null;
    this.#turns.push({ ...turn, text });
    if (this.#turns.length < verbatimTurns + compactBatch || this.#compacting) return null;
    this.#compacting = true;
    return this.#compact();
  }

  /** Nothing of a person stays; what the summary says of them cannot be told apart and goes with it. */
  forget(userId: string): void {
    this.#turns = this.#turns.filter((turn) => turn.userId !== userId);
    this.#summary = '';
  }

  /** Nothing of these people stays; null: nothing at all. */
  forgetAll(userIds: readonly string[] | null): void {
    if (userIds === null) this.#turns = [];
    this.#summary = '';
    for (const userId of userIds ?? []) this.forget(userId);
  }

  /** For a conversation that begins anew. */
  get context(): readonly ContextItem[] {
    return this.#turns.map(({ userId, name, text }) =>
      userId === null ? { role: 'assistant', text } : { role: 'user', text: `${name}: ${text}` },
    );
  }

  async #compact(): Promise<void> {
    const batch = this.#turns.slice(0, compactBatch);
    try {
      const summary = (await this.#summarize?.(this.#summary, batch)) ?? this.#summary;
      // Somebody may have been forgotten meanwhile: then their words are not in the batch any more.
      if (batch.every((turn) => this.#turns.includes(turn))) this.#summary = summary.slice(0, summaryChars);
    } finally {
      this.#turns = this.#turns.filter((turn) => !batch.includes(turn));
      this.#compacting = false;
    }
  }
}
