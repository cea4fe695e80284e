import type { Clock } from '@parley/protocol';
import type { SpendingRow } from '../../store/rows.ts';
import type { AgentBudget, BudgetRefusal, Spending } from '../session/agent-budget.ts';
import { dayMs, SpendingWindow } from './spending-window.ts';

/** US dollars; 0: no limit. */
export interface SpendingCaps {
  readonly session: number;
  readonly personDay: number;
  readonly guildDay: number;
  readonly totalDay: number;
}

export interface LedgerOptions {
  readonly clock: Clock;
  readonly caps: SpendingCaps;
  /** What was spent in the 24 hours before. */
  readonly earlier: readonly SpendingRow[];
  /** US dollars that something costs. */
  readonly price: (spending: Spending) => number;
  /** Keeps an expense over a restart; must not throw. */
  readonly keep: (row: SpendingRow) => void;
  /** For the metrics. */
  readonly onSpent?: (spending: Spending, usd: number) => void;
}

/** Everything the agents of this installation spend, and what they still may. Limits hold over restarts. */
export class Ledger {
  readonly #options: LedgerOptions;
  readonly #window = new SpendingWindow();

  constructor(options: LedgerOptions) {
    this.#options = options;
    for (const row of options.earlier) this.#window.add(row);
  }

  /** What one session may spend. */
  budget({ sessionId, guildId }: { readonly sessionId: string; readonly guildId: string }): AgentBudget {
    let usd = 0;
    const refusal = (speakers: readonly string[]): BudgetRefusal | null => this.#refusal(usd, guildId, speakers);
    return {
      refusal,
      spent: (spending) => {
        usd += this.#spent(spending, sessionId, guildId);
        return refusal(spending.speakers);
      },
      get usd() {
        return usd;
      },
    };
  }

  #refusal(sessionUsd: number, guildId: string, speakers: readonly string[]): BudgetRefusal | null {
    const { caps, clock } = this.#options;
    const nowMs = clock.now();
    const person = Math.max(0, ...speakers.map((userId) => this.#window.ofUser(userId, nowMs)));
    const sums = [
      ['session', caps.session, sessionUsd],
      ['person_day', caps.personDay, person],
      ['guild_day', caps.guildDay, this.#window.ofGuild(guildId, nowMs)],
      ['total_day', caps.totalDay, this.#window.total(nowMs)],
    ] as const;
    for (const [cap, limit, usd] of sums) if (limit > 0 && usd >= limit) return { cap, usd };
    return null;
  }

  /** Those who asked together pay in equal parts. */
  #spent(spending: Spending, sessionId: string, guildId: string): number {
    const { clock, keep, onSpent, price } = this.#options;
    const usd = price(spending);
    // A sum that took in what is no number would never reach a cap again.
    if (!Number.isFinite(usd) || usd <= 0) return 0;
    const { speakers, role, model } = spending;
    const payers: readonly (string | null)[] = speakers.length === 0 ? [null] : speakers;
    for (const userId of payers) {
      const row = { at: clock.now(), guildId, sessionId, userId, role, model, usd: usd / payers.length };
      this.#window.add(row);
      keep(row);
    }
    onSpent?.(spending, usd);
    return usd;
  }
}

/** The longest time that an expense matters, ms. */
export const ledgerWindowMs = dayMs;
