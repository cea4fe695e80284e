import { randomUUID } from 'node:crypto';
import type { Clock } from '@parley/protocol';
import type { UserMessage } from '../../notify/index.ts';

/** How long the button of a personal answer works, milliseconds, and how many answers are kept: beyond that the oldest goes. */
export const personalAnswerLimits = { keepMs: 15 * 60_000, most: 500 } as const;

const customIdPrefix = 'parley:personal:';

export type PersonalAnswer =
  | { readonly kind: 'open'; readonly message: UserMessage }
  | { readonly kind: 'not_yours' }
  | { readonly kind: 'expired' };

/** Answers to text commands that only one person may read: a button in the channel opens them, for that person alone. */
export class PersonalAnswers {
  #clock: Clock;
  #kept = new Map<string, { userId: string; message: UserMessage; until: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Keeps an answer. @returns the custom id of its button. */
  keep(userId: string, message: UserMessage): string {
    const customId = `${customIdPrefix}${randomUUID()}`;
    this.#kept.set(customId, { userId, message, until: this.#clock.now() + personalAnswerLimits.keepMs });
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > personalAnswerLimits.most && !oldest.done) this.#kept.delete(oldest.value);
    return customId;
  }

  static owns(customId: string): boolean {
    return customId.startsWith(customIdPrefix);
  }

  open(customId: string, userId: string): PersonalAnswer {
    const kept = this.#kept.get(customId);
    if (!kept || kept.until < this.#clock.now()) return { kind: 'expired' };
    return kept.userId === userId ? { kind: 'open', message: kept.message } : { kind: 'not_yours' };
  }
}
