import type { UserMessage } from '../../notify/index.ts';
import { shortError } from '../../policy/denial.ts';
import type { ConsentRequest } from '../../session/people/consent-service.ts';
import { type Choice, type CommandServices, defineCommand } from './command.ts';
import { consentOptions, usesOf } from './consent-options.ts';
import { erase } from './erase-now.ts';

export const optout = defineCommand({
  name: 'optout',
  says: 'not to be recorded (heard, transcribed, remembered) any more',
  personal: true,
  isConsent: true,
  options: consentOptions,
  run: async ({ guildId, userId, args: { what, everywhere } }, services) => {
    const scope = everywhere ? 'everywhere' : 'guild';
    const request = { guildId, userId, scope } as const;
    const uses = usesOf(what);
    const { consents, settings, coordinator } = services;
    const session = coordinator.registry.of(guildId);
    try {
      let live = false;
      for (const use of uses) {
        if (use === 'recorded') live = (await consents.optOut(request)).live;
        else await consents.decideUse(request, use, 'opted_out');
      }
      const everything = uses.length > 1;
      const [only] = uses;
      const { prefix } = settings;
      if (only !== undefined && only !== 'recorded') {
        return { kind: 'use_decided', details: { use: only, state: 'opted_out', scope, provider: null, prefix } };
      }
      const message: UserMessage = { kind: 'optout_confirmed', details: { scope, live, everything, prefix } };
      const choices = [
        ...(session === null ? [] : [deleteSoFar(request, session.sessionId, services)]),
        ...(everywhere ? [] : [outEverywhere(request, services)]),
      ];
      return { message, choices };
    } catch (error) {
      return { kind: 'optout_failed', details: { error: shortError(error) } };
    }
  },
});

/** What was recorded of the person in the session of now goes; they are opted out already. */
const deleteSoFar = ({ guildId, userId }: ConsentRequest, sessionId: string, services: CommandServices): Choice => ({
  label: 'Delete what was recorded of me in this session',
  style: 'red',
  run: () => erase({ userId, guildId, sessionId, askedBy: 'self' }, services),
});

const outEverywhere = (request: ConsentRequest, { consents, settings }: CommandServices): Choice => ({
  label: 'On every server',
  run: async () => {
    try {
      const { live } = await consents.optOut({ ...request, scope: 'everywhere' });
      return {
        kind: 'optout_confirmed',
        details: { scope: 'everywhere', live, everything: false, prefix: settings.prefix },
      };
    } catch (error) {
      return { kind: 'optout_failed', details: { error: shortError(error) } };
    }
  },
});
