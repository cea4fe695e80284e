/** One expense, on behalf of one person or of nobody. */
export interface Expense {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly guildId: string;
  readonly userId: string | null;
  readonly usd: number;
}

/** The window of daily limits, ms. */
export const dayMs = 24 * 3_600_000;

/** Sums of the last 24 hours: in all, by guild, by person. Old expenses leave it by themselves; their sums are exact to rounding. */
export class SpendingWindow {
  #expenses: Expense[] = [];
  /** Expenses before this are out of the window already. */
  #first = 0;
  #total = 0;
  readonly #byGuild = new Map<string, number>();
  readonly #byUser = new Map<string, number>();

  /** In the order of time. */
  add(expense: Expense): void {
    this.#expenses.push(expense);
    this.#count(expense, 1);
  }

  total(nowMs: number): number {
    this.#forget(nowMs);
    return this.#total;
  }

  ofGuild(guildId: string, nowMs: number): number {
    this.#forget(nowMs);
    return this.#byGuild.get(guildId) ?? 0;
  }

  ofUser(userId: string, nowMs: number): number {
    this.#forget(nowMs);
    return this.#byUser.get(userId) ?? 0;
  }

  #forget(nowMs: number): void {
    for (;;) {
      const oldest = this.#expenses[this.#first];
      if (oldest === undefined || nowMs - oldest.at < dayMs) break;
      this.#count(oldest, -1);
      this.#first += 1;
    }
    if (this.#first < 1024 && this.#first < this.#expenses.length) return;
    this.#expenses = this.#expenses.slice(this.#first);
    this.#first = 0;
    if (this.#expenses.length > 0) return;
    // Nothing is left: nor may a rounding be.
    this.#total = 0;
    this.#byGuild.clear();
    this.#byUser.clear();
  }

  #count({ guildId, userId, usd }: Expense, sign: 1 | -1): void {
    this.#total += sign * usd;
    this.#byGuild.set(guildId, (this.#byGuild.get(guildId) ?? 0) + sign * usd);
    if (userId !== null) this.#byUser.set(userId, (this.#byUser.get(userId) ?? 0) + sign * usd);
  }
}
