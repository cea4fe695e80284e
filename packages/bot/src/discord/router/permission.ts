import type { UserMessage } from '../../notify/index.ts';
import { mayControl } from '../../policy/who-may.ts';
import type { Command, CommandServices, Invocation } from '../commands/command.ts';

/** Why the person may not give this command now; null when they may. */
export const refusalOf = (
  { name, may }: Command,
  { guildId, userId }: Invocation,
  { coordinator, discord, settings: { prefix } }: CommandServices,
): UserMessage | null => {
  if (may === 'anyone') return null;
  const person = discord.requester(guildId, userId);
  const scope = { prefix, name };
  if (may === 'manage_server') {
    return person?.canManageGuild ? null : { kind: 'command_refused', details: { ...scope, reason: 'not_manager' } };
  }
  const session = coordinator.registry.of(guildId);
  if (!session?.isLive) return { kind: 'command_refused', details: { ...scope, reason: 'no_session' } };
  if (person && mayControl(person, session)) return null;
  const startedBy = session.requestedByUserId;
  return { kind: 'command_refused', details: { ...scope, reason: 'not_in_session', startedBy } };
};
