import type { Paid } from '../provider/resilient/paid.ts';
import type { Spending } from '../session/agent-budget.ts';

/** What a conversation cost besides the responses it tells of, for the ledger: nobody in particular asked for it. */
export const unseenSpending = (model: string, paid: Paid): Spending => ({
  ...{ role: 'realtime', model, speakers: [] },
  ...(paid.kind === 'open_time' ? { openMs: paid.ms } : { usage: paid.usage }),
});
