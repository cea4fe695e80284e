import { randomUUID } from 'node:crypto';
import type { Clock } from '@parley/protocol';
import type { Settings } from '../../config/settings-schema.ts';
import type { Metrics } from '../../http/metrics.ts';
import type { Logger } from '../../log.ts';
import type { MemoryService } from '../../memory/memory-service.ts';
import type { AgentMemory } from '../../memory/session/agent-memory.ts';
import { openPersonHash } from '../../recordings/erasure/person-hash.ts';
import type { DiscordPort } from '../../session/discord-port.ts';
import type { Store } from '../../store/store.ts';
import type { Background } from '../../vox/background.ts';
import { findPocketsphinx } from '../hearing/words/find-pocketsphinx.ts';
import { openLedger } from '../money/open-ledger.ts';
import type { AgentLogSink } from '../observe/agent-log.ts';
import { keepAgentLog } from '../observe/keep-agent-log.ts';
import { modelWarnings } from '../provider/models/model-warnings.ts';
import { openTools, type ToolServices } from '../tools/open-tools.ts';
import { usedModels } from './agent-model.ts';
import { AgentService } from './agent-service.ts';

export interface OpenAgentsOptions {
  readonly settings: Settings;
  readonly store: Pick<Store, 'agentLog' | 'spending'> & ToolServices['store'];
  readonly discord: DiscordPort;
  readonly metrics: Pick<Metrics, 'agentStageSeconds' | 'agentUsd' | 'toolCalls'>;
  readonly memories: Pick<MemoryService, 'of'>;
  /** What their tools use besides. */
  readonly tools: Pick<ToolServices, 'registry' | 'questions' | 'music' | 'soundboard' | 'leave'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
}

/**
 * The agents of this installation; models that are retired, or about to be, are warned of.
 * @throws StoreError where what was spent before cannot be read
 */
export const openAgents = async ({
  store,
  metrics,
  tools,
  memories,
  ...options
}: OpenAgentsOptions): Promise<AgentService> => {
  const { settings, clock, logger } = options;
  for (const { message, ...warning } of modelWarnings(usedModels(settings), clock.now())) {
    logger.warn({ ...warning, what: message }, 'a model in use needs attention');
  }
  const ledger = await openLedger(settings, store, clock, metrics);
  return new AgentService({
    ...options,
    store,
    newId: randomUUID,
    hash: await openPersonHash(settings.dataDir),
    observeStage: (stage, seconds) => metrics.agentStageSeconds.observe({ stage }, seconds),
    memoryOf: (host) => memories.of(host),
    logOf: (host) => unlessIncognito(memories.of(host), keepAgentLog(store, host)),
    findLocal: () => findPocketsphinx(),
    toolsOf: (host) => {
      const more = () => memories.of(host).tools;
      return openTools({ ...options, ...tools, store, metrics, more }, host.info);
    },
    budgetOf: ({ info }) => ledger.budget(info),
  });
};

/** What an agent decides in an incognito session is kept nowhere. */
const unlessIncognito =
  (memory: Pick<AgentMemory, 'isIncognito'>, keep: AgentLogSink): AgentLogSink =>
  (entry) => {
    if (!memory.isIncognito) keep(entry);
  };
