import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TurnRecord } from '../../../packages/bot/src/agent/observe/agent-log.ts';
import type { BotOnSim } from '../../lib/bot-on-sim.ts';
import type { RealtimeServer } from '../../providers/realtime/realtime-server.ts';

/** Settings of a bot whose agents talk with a simulated model. */
export const agentEnvironment = (model: RealtimeServer): Record<string, string> => ({
  PARLEY_RUNTIME_MODE: 'openai_realtime',
  PARLEY_OPENAI_BASE_URL: model.baseUrl,
  OPENAI_API_KEY: 'sk-test',
  PARLEY_AGENT_LOCAL_RECOGNIZER: 'off',
  PARLEY_LOG_LEVEL: 'info',
  // What a bench says costs nothing, and it must not be stopped by what it would cost.
  PARLEY_AGENT_USD_PER_SESSION: '0',
  PARLEY_AGENT_USD_PER_PERSON_DAY: '0',
  PARLEY_AGENT_USD_PER_GUILD_DAY: '0',
  PARLEY_AGENT_USD_TOTAL_DAY: '0',
});

/** What the agents of a bot kept in its database; the bot may be running. */
export const agentLogOf = (call: BotOnSim): { kind: string; at: number; data: unknown }[] => {
  const db = new DatabaseSync(join(call.dataDir, 'parley.db'), { readOnly: true });
  try {
    const rows = db.prepare('SELECT kind, at, data FROM agent_log ORDER BY id').all();
    return rows.map(({ kind, at, data }) => ({ kind: String(kind), at: Number(at), data: JSON.parse(String(data)) }));
  } finally {
    db.close();
  }
};

export const turnsOf = (call: BotOnSim): TurnRecord[] =>
  agentLogOf(call)
    .filter(({ kind }) => kind === 'turn')
    .map(({ data }) => data as TurnRecord);
