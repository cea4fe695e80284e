import type { UserMessage } from '../../notify/index.ts';
import { defineCommand } from './command.ts';

export const listen = defineCommand({
  name: 'listen',
  says: 'whether the AI hears you all; the recording goes on',
  options: { state: { kind: 'choice', says: 'on or off', choices: ['on', 'off'], required: true } },
  may: 'in_session',
  run: async ({ guildId, userId, args: { state } }, { coordinator, logger, settings: { prefix } }) => {
    const session = coordinator.registry.of(guildId);
    const client = session?.agent.client ?? null;
    const refused = (reason: 'no_agent' | 'spent'): UserMessage => ({
      kind: 'agent_refused',
      details: { reason, retryAfterMs: 0, prefix },
    });
    if (!session || client === null) return refused('no_agent');
    const done = (outcome: 'listens' | 'listens_not' | 'listened_before' | 'listened_not_before'): UserMessage => {
      const message = { kind: 'agent_control', details: { outcome, userId, prefix } } as const;
      if (outcome === 'listens' || outcome === 'listens_not') session.announcer.happened(message);
      return message;
    };
    const before = client.state.resting;
    if (state === 'off') {
      // One that rests may still listen for its name: from now on it does not.
      client.sendToRest();
      logger.info({ guildId, userId }, 'the agent was told not to listen');
      return done(before === 'commanded' ? 'listened_not_before' : 'listens_not');
    }
    if (!client.wake()) return refused('spent');
    return done(before === null ? 'listened_before' : 'listens');
  },
});
