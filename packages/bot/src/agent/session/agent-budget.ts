import type { ProviderUsage } from '../provider/provider-event.ts';

/** What was paid for, besides a realtime response. */
export type BudgetRole = 'realtime' | 'transcription' | 'brain' | 'speech';

/** Money that is up. */
export interface BudgetRefusal {
  readonly cap: 'session' | 'person_day' | 'guild_day' | 'total_day';
  readonly usd: number;
}

export interface Spending {
  readonly role: BudgetRole;
  readonly model: string;
  /** Who asked for it; empty: nobody, the agent acted by itself. */
  readonly speakers: readonly string[];
  readonly usage?: ProviderUsage;
  /** Milliseconds of speech, where that is what is paid for. */
  readonly audioMs?: number;
  /** Milliseconds that a socket was open, where that is what is paid for. */
  readonly openMs?: number;
}

/** What the agent of one session may spend, and what it has spent. */
export interface AgentBudget {
  /** Whether something for these people may be paid for now; null: it may. */
  refusal(speakers: readonly string[]): BudgetRefusal | null;
  /** Keeps what was paid for. @returns a cap that is reached by it; null: none */
  spent(spending: Spending): BudgetRefusal | null;
  /** US dollars of this session so far. */
  readonly usd: number;
}
