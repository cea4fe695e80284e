import { shortError } from '../../policy/denial.ts';
import type { Command } from './command.ts';

export const optout: Command = {
  name: 'optout',
  says: 'not to be recorded any more, from now on',
  personal: true,
  scoped: true,
  run: async ({ guildId, userId, everywhere }, { consents, settings }) => {
    const scope = everywhere ? 'everywhere' : 'guild';
    try {
      const { live } = await consents.optOut({ guildId, userId, scope });
      return { kind: 'optout_confirmed', details: { scope, live, prefix: settings.prefix } };
    } catch (error) {
      return { kind: 'optout_failed', details: { error: shortError(error) } };
    }
  },
};
