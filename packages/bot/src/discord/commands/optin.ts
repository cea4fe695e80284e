import { shortError } from '../../policy/denial.ts';
import { defineCommand } from './command.ts';
import { consentOptions, usesOf } from './consent-options.ts';

export const optin = defineCommand({
  name: 'optin',
  says: 'to be recorded (heard, transcribed, remembered) again',
  personal: true,
  isConsent: true,
  options: consentOptions,
  run: async ({ guildId, userId, args: { what, everywhere } }, { consents, settings: { prefix } }) => {
    const scope = everywhere ? 'everywhere' : 'guild';
    const request = { guildId, userId, scope } as const;
    const uses = usesOf(what);
    try {
      let live = false;
      for (const use of uses) {
        if (use === 'recorded') live = (await consents.optIn(request)).live;
        else await consents.decideUse(request, use, 'opted_in');
      }
      const [only] = uses;
      if (only === undefined || only === 'recorded') {
        return { kind: 'optin_confirmed', details: { scope, live, everything: uses.length > 1, prefix } };
      }
      return { kind: 'use_decided', details: { use: only, state: 'opted_in', scope, provider: null, prefix } };
    } catch (error) {
      return { kind: 'optin_failed', details: { error: shortError(error) } };
    }
  },
});
