import type { Store } from '../../store/store.ts';
import type { AgentHost } from '../session/agent-host.ts';
import type { AgentLogSink } from './agent-log.ts';

/** Entries of one session that are kept; what follows is counted by nobody and lost, so that no session fills a disk. */
export const entriesPerSession = 20_000;

/** Keeps what a session's agent decides in the store. */
export const keepAgentLog = (store: Pick<Store, 'agentLog'>, { info }: Pick<AgentHost, 'info'>): AgentLogSink => {
  const { guildId, sessionId } = info;
  let kept = 0;
  return ({ at, userId, kind, data }) => {
    if (kept >= entriesPerSession) return;
    kept += 1;
    store.agentLog.add({ at, guildId, sessionId, userId, kind, data });
  };
};
