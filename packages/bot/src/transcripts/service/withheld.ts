import { readdir } from 'node:fs/promises';
import { recordingLayout } from '@parley/mux';
import { snowflakePattern } from '@parley/protocol';
import { mayBeRecorded } from '../../policy/recording-consent.ts';
import type { DiscordPort } from '../../session/discord-port.ts';
import type { ConsentKind, Store } from '../../store/index.ts';

export interface WithheldSources {
  readonly store: Pick<Store, 'consents' | 'guildSettings'>;
  readonly discord: Pick<DiscordPort, 'resolvePerson'>;
}

/** The kinds of use for which words are taken from what was recorded. */
export type TextUse = Extract<ConsentKind, 'transcribed' | 'heard_by_ai'>;

/**
 * Who of these people does not agree to this use of their words by now: by a no to it or to being recorded at all, or, as the guild has it,
 * for want of a yes or of a role. Whose roles cannot be known counts as a no. @throws StoreError
 */
export const withheldAmong =
  ({ store, discord }: WithheldSources) =>
  async (use: TextUse, guildId: string, userIds: Iterable<string>): Promise<ReadonlySet<string>> => {
    const [rules, optedOut, optedIn, noRecording] = await Promise.all([
      store.guildSettings.get(guildId),
      store.consents.optedOut(guildId, use),
      store.consents.optedIn(guildId, use),
      store.consents.optedOut(guildId),
    ]);
    const rolesOf = async (userId: string): Promise<readonly string[]> => {
      if (rules.consentMode !== 'role') return [];
      return await discord.resolvePerson(guildId, userId).then(
        ({ roleIds }) => roleIds,
        () => [],
      );
    };
    const withheld = new Set<string>();
    for (const id of new Set(userIds)) {
      const person = { id, roleIds: await rolesOf(id) };
      const verdict = mayBeRecorded(person, rules, { kind: 'known', optedOut, optedIn });
      if (noRecording.has(id) || !verdict.record) withheld.add(id);
    }
    return withheld;
  };

/** The same of the people with audio in a recording. @throws StoreError; the file system's error */
export const withheldFrom = (sources: WithheldSources) => {
  const among = withheldAmong(sources);
  return async (use: TextUse, guildId: string, folder: string): Promise<ReadonlySet<string>> => {
    const names = await readdir(recordingLayout(folder).segments);
    return await among(
      use,
      guildId,
      names.filter((name) => snowflakePattern.test(name)),
    );
  };
};
