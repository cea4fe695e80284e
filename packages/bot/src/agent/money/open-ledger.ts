import type { Clock } from '@parley/protocol';
import type { Settings } from '../../config/settings-schema.ts';
import type { Metrics } from '../../http/metrics.ts';
import type { Store } from '../../store/store.ts';
import { Ledger, ledgerWindowMs } from './ledger.ts';
import { priceOf } from './price.ts';

/** The ledger of this installation, with what was spent in the day before. @throws StoreError */
export const openLedger = async (
  { agent }: Pick<Settings, 'agent'>,
  store: Pick<Store, 'spending'>,
  clock: Clock,
  metrics: Pick<Metrics, 'agentUsd'>,
): Promise<Ledger> =>
  new Ledger({
    clock,
    caps: {
      session: agent.usdPerSession,
      personDay: agent.usdPerPersonDay,
      guildDay: agent.usdPerGuildDay,
      totalDay: agent.usdTotalDay,
    },
    earlier: await store.spending.since(clock.now() - ledgerWindowMs),
    price: priceOf,
    keep: (row) => store.spending.spent(row),
    onSpent: ({ role, model }, usd) => metrics.agentUsd.inc({ role, model }, usd),
  });
