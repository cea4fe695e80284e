import { shortError } from '../../policy/denial.ts';
import type { Command } from './command.ts';

export const optin: Command = {
  name: 'optin',
  says: 'to be recorded again',
  personal: true,
  scoped: true,
  run: async ({ guildId, userId, everywhere }, { consents, settings }) => {
    const scope = everywhere ? 'everywhere' : 'guild';
    try {
      const { live } = await consents.optIn({ guildId, userId, scope });
      return { kind: 'optin_confirmed', details: { scope, live, prefix: settings.prefix } };
    } catch (error) {
      return { kind: 'optin_failed', details: { error: shortError(error) } };
    }
  },
};
