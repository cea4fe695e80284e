import { shortError } from '../../policy/denial.ts';
import { defineCommand } from './command.ts';

export const optin = defineCommand({
  name: 'optin',
  says: 'to be recorded again',
  personal: true,
  isConsent: true,
  options: { everywhere: { kind: 'flag', says: 'on every server, not only here' } },
  run: async ({ guildId, userId, args: { everywhere } }, { consents, settings }) => {
    const scope = everywhere ? 'everywhere' : 'guild';
    try {
      const { live } = await consents.optIn({ guildId, userId, scope });
      return { kind: 'optin_confirmed', details: { scope, live, prefix: settings.prefix } };
    } catch (error) {
      return { kind: 'optin_failed', details: { error: shortError(error) } };
    }
  },
});
