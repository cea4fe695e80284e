import type { CloseCode } from '../provider/provider-event.ts';
import { closeCodes } from '../provider/provider-event.ts';
import type { AgentParts } from './agent-parts.ts';

/** What an agent tells people of its provider and of money. */
export const agentNotices = ({ host: { announcer }, vendor }: Pick<AgentParts, 'host' | 'vendor'>) => ({
  lost: (code: CloseCode): void => {
    const { meaning, retryable } = closeCodes[code];
    announcer.say({ kind: 'agent_silent', details: { provider: vendor, meaning, again: retryable } });
  },
  back: (): void => announcer.say({ kind: 'agent_back', details: { provider: vendor } }),
  personSpent: (userId: string): void => announcer.say({ kind: 'agent_person_spent', details: { userId } }),
});
