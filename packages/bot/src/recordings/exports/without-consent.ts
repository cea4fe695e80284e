import { readdir } from 'node:fs/promises';
import { recordingLayout } from '@parley/mux';
import { snowflakePattern } from '@parley/protocol';
import type { SessionPeople } from '../../session/people/session-people.ts';
import type { Store } from '../../store/index.ts';

export interface ConsentSources {
  readonly store: { readonly consents: Pick<Store['consents'], 'optedOut'> };
  readonly sessionOf: (guildId: string) => { readonly people: Pick<SessionPeople, 'recorded'> } | null;
}

/**
 * Who of the people with audio in a recording does not consent to be recorded in its guild by now: opted out there or everywhere,
 * or excluded by the session of now for any reason.
 */
export const withoutConsentWith =
  ({ store, sessionOf }: ConsentSources) =>
  async (guildId: string, folder: string): Promise<ReadonlySet<string>> => {
    const recorded = (await readdir(recordingLayout(folder).segments)).filter((name) => snowflakePattern.test(name));
    const optedOut = await store.consents.optedOut(guildId);
    const excluded = new Set(sessionOf(guildId)?.people.recorded.no);
    return new Set(recorded.filter((userId) => optedOut.has(userId) || excluded.has(userId)));
  };
