import { shortError } from '../../policy/denial.ts';
import type { ErasureWish } from '../../recordings/erasure/eraser.ts';
import type { ConsentScope } from '../../session/people/consent-service.ts';
import { type CommandResult, type CommandServices, defineCommand } from './command.ts';
import { erase } from './erase-now.ts';

export const forgetMe = defineCommand({
  name: 'forget-me',
  says: 'delete everything of yours: audio, words, memory, name, posted files; asks first',
  personal: true,
  isConsent: true,
  options: {
    everywhere: { kind: 'flag', says: 'on every server, not only here' },
    person: { kind: 'user', says: 'somebody else, who asked you for it (Manage Server; this server only)' },
  },
  run: async ({ guildId, userId, args: { everywhere, person } }, services) => {
    const { discord, eraser, settings } = services;
    const other = person !== null && person !== userId ? person : null;
    const isManager = discord.requester(guildId, userId)?.canManageGuild === true;
    if (other !== null && !isManager) {
      return {
        kind: 'command_refused',
        details: { reason: 'not_manager', name: 'forget-me', prefix: settings.prefix },
      };
    }
    // Nobody decides for somebody else what happens on other servers.
    const scope = everywhere && other === null ? 'everywhere' : 'guild';
    const wish: ErasureWish = {
      userId: other ?? userId,
      guildId: scope === 'everywhere' ? null : guildId,
      sessionId: null,
      askedBy: other === null ? 'self' : 'manager',
    };
    const { recordings, running, messages } = await eraser.survey(wish);
    return {
      message: { kind: 'forget_question', details: { userId: other, scope, recordings, running, messages } },
      choices: [
        { label: 'Delete everything', style: 'red', run: () => forget(wish, { guildId, other, scope }, services) },
        { label: 'Keep it', run: async () => ({ kind: 'forget_kept', details: {} }) },
      ],
    };
  },
});

/** Who wants to be forgotten does not want to be recorded in the next moment. */
const forget = async (
  wish: ErasureWish,
  { guildId, other, scope }: { readonly guildId: string; readonly other: string | null; readonly scope: ConsentScope },
  services: CommandServices,
): Promise<CommandResult> => {
  if (other === null) {
    try {
      await services.consents.optOut({ guildId, userId: wish.userId, scope });
    } catch (error) {
      return { kind: 'optout_failed', details: { error: shortError(error) } };
    }
  }
  return await erase(wish, services, other);
};
