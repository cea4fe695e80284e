import { shortError } from '../../policy/denial.ts';
import { defineCommand } from './command.ts';

export const optout = defineCommand({
  name: 'optout',
  says: 'not to be recorded any more, from now on',
  personal: true,
  isConsent: true,
  options: { everywhere: { kind: 'flag', says: 'on every server, not only here' } },
  run: async ({ guildId, userId, args: { everywhere } }, { consents, settings }) => {
    const scope = everywhere ? 'everywhere' : 'guild';
    try {
      const { live } = await consents.optOut({ guildId, userId, scope });
      return { kind: 'optout_confirmed', details: { scope, live, prefix: settings.prefix } };
    } catch (error) {
      return { kind: 'optout_failed', details: { error: shortError(error) } };
    }
  },
});
