import type { GuildSettings } from '../config/guild-settings.ts';

/** What is known of a person's will. `unreadable`: the store could not be read, which counts as no. */
export type ConsentKnowledge =
  | { readonly kind: 'known'; readonly optedOut: ReadonlySet<string>; readonly optedIn: ReadonlySet<string> }
  | { readonly kind: 'unreadable' };

export type ConsentVerdict =
  | { readonly record: true; readonly why: 'noticed' | 'opted_in' | 'consent_role' }
  | { readonly record: false; readonly why: 'opted_out' | 'not_opted_in' | 'no_consent_role' | 'unreadable' };

/**
 * Whether this person may be recorded now, by the guild's mode. A no of the person stands above every mode. The other uses of what a
 * person says (heard by the AI, transcribed, remembered) follow the same rule, each with decisions of its own.
 */
export const mayBeRecorded = (
  person: { readonly id: string; readonly roleIds: readonly string[] },
  guild: Pick<GuildSettings, 'consentMode' | 'consentRoleIds'>,
  knowledge: ConsentKnowledge,
): ConsentVerdict => {
  if (knowledge.kind === 'unreadable') return { record: false, why: 'unreadable' };
  if (knowledge.optedOut.has(person.id)) return { record: false, why: 'opted_out' };
  switch (guild.consentMode) {
    case 'notice':
      return { record: true, why: 'noticed' };
    case 'opt_in':
      return knowledge.optedIn.has(person.id)
        ? { record: true, why: 'opted_in' }
        : { record: false, why: 'not_opted_in' };
    case 'role':
      return person.roleIds.some((role) => guild.consentRoleIds.includes(role))
        ? { record: true, why: 'consent_role' }
        : { record: false, why: 'no_consent_role' };
  }
};
