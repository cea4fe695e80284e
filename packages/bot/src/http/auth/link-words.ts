import type { GuildPeople } from '../access/guild-people.ts';
import type { RecordingAccess } from '../access/recording-access.ts';

/** What is said of a sign-in link: as whom, and what one comes to. */
export interface LinkWords {
  readonly who: string;
  readonly where: string;
}

export interface LinkWordsOptions {
  readonly people: Pick<GuildPeople, 'user'>;
  readonly access: Pick<RecordingAccess, 'find'>;
}

const day = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' });

/** Words for a link. What Discord does not say now is left at the id; a recording they may not see any more is any recording. @throws StoreError */
export const linkWordsWith =
  ({ people, access }: LinkWordsOptions) =>
  async ({ userId, target }: { readonly userId: string; readonly target: string }): Promise<LinkWords> => {
    const who = await people.user(userId).then(
      ({ displayName }) => displayName,
      () => userId,
    );
    const [, id] = /^\/s\/([\w-]+)/.exec(target) ?? [];
    if (id === undefined) return { who, where: 'your recordings' };
    const row = await access.find({ kind: 'person', userId }, id);
    return { who, where: row ? `the recording of ${row.channelName}, ${day.format(row.startTime)}` : 'a recording' };
  };
