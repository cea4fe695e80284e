import type { AgentBudget, BudgetRefusal } from './agent-budget.ts';

export interface PurseOptions {
  /** null: nobody counts. */
  readonly budget: AgentBudget | null;
  /** There is no money for anybody. Must not throw. */
  readonly empty: () => void;
  /** This person has spent what one may in a day; told once of each. Must not throw. */
  readonly personSpent: (userId: string) => void;
}

/** What the limits of a budget mean for an agent: one person's keeps that person from being answered, any other sends it to rest. */
export class Purse {
  readonly #options: PurseOptions;
  readonly #told = new Set<string>();

  constructor(options: PurseOptions) {
    this.#options = options;
  }

  /** US dollars of this session so far; null: nobody counts. */
  get usd(): number | null {
    return this.#options.budget?.usd ?? null;
  }

  /** Whether nothing may be paid for now that these people want, or nobody. */
  refuses(speakers: readonly string[]): boolean {
    return (this.#options.budget?.refusal(speakers) ?? null) !== null;
  }

  /** Something was paid for. @param refusal a limit that is reached by it; null: none */
  spent(refusal: BudgetRefusal | null): void {
    // Behind one person's limit there may be everybody's.
    if (refusal?.cap === 'person_day') this.restIfEmpty();
    else if (refusal !== null) this.#options.empty();
  }

  restIfEmpty(): void {
    if (this.refuses([])) this.#options.empty();
  }

  /** Who of these is answered. @returns null: nobody is */
  payers(speakers: readonly string[]): readonly string[] | null {
    if (this.refuses([])) return null;
    const paying = speakers.filter((userId) => !this.refuses([userId]));
    for (const userId of speakers) if (!paying.includes(userId)) this.#tellOnce(userId);
    return paying.length === 0 && speakers.length > 0 ? null : paying;
  }

  #tellOnce(userId: string): void {
    if (this.#told.has(userId)) return;
    this.#told.add(userId);
    this.#options.personSpent(userId);
  }
}
