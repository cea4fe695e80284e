import { longestSaying } from '../../agent/say/say-desk.ts';
import { defineCommand } from './command.ts';

export const say = defineCommand({
  name: 'say',
  says: 'have the AI say something aloud',
  options: { text: { kind: 'text', says: 'what it says', maxLength: longestSaying, required: true } },
  run: async ({ guildId, userId, args: { text } }, { coordinator, discord, sayings, settings: { prefix } }) => {
    const session = coordinator.registry.of(guildId);
    if (!session?.isLive) return { kind: 'command_refused', details: { reason: 'no_session', name: 'say', prefix } };
    const person = discord.requester(guildId, userId);
    const refusal = person ? sayings.say(session, person, text) : ({ reason: 'may_not_say' } as const);
    if (refusal === null) return { kind: 'agent_control', details: { outcome: 'says', userId, prefix } };
    return { kind: 'agent_refused', details: { retryAfterMs: 0, ...refusal, prefix } };
  },
});
