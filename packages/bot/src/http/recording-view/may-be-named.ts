import type { SessionFile } from '@parley/mux';
import type { GuildSettings } from '../../config/guild-settings.ts';
import { mayBeRecorded } from '../../policy/recording-consent.ts';

export interface NamingFacts {
  /** Of a recording that runs here: who is there, by whether they are recorded. */
  readonly live: { readonly yes: readonly string[]; readonly no: readonly string[] } | null;
  /** What its file says of decisions while it ran. */
  readonly consents: SessionFile['consents'];
  readonly rules: Pick<GuildSettings, 'consentMode' | 'consentRoleIds'>;
  /** Decisions of now, here or everywhere. */
  readonly optedOut: ReadonlySet<string>;
  readonly optedIn: ReadonlySet<string>;
}

const agreed: ReadonlySet<string> = new Set(['noticed', 'opted_in']);

/**
 * Whether somebody who was there and is not heard may be named on the pages: whom it records or recorded. Whoever said no by now is not
 * named, nor is one of whom it is not known; roles of then are not known. Pure.
 */
export const mayBeNamed = ({ live, consents, rules, optedOut, optedIn }: NamingFacts, userId: string): boolean => {
  if (optedOut.has(userId) || live?.no.includes(userId)) return false;
  if (live?.yes.includes(userId)) return true;
  const last = consents
    .filter((one) => one.userId === userId)
    .toSorted((a, b) => a.at - b.at)
    .at(-1);
  if (last) return agreed.has(last.state);
  return mayBeRecorded({ id: userId, roleIds: [] }, rules, { kind: 'known', optedOut, optedIn }).record;
};
