import { recordingSessionIdPattern } from '@parley/protocol';
import type { RecordingRow, Store, VisibleQuery } from '../../store/index.ts';
import type { CachedMembers } from './cached-members.ts';
import { fewAtOnce } from './few-at-once.ts';
import type { GuildPeople } from './guild-people.ts';
import type { Asker } from './viewer.ts';

/** Guilds Discord is asked about at the same time, for one person. */
const askedAtOnce = 4;

export interface RecordingAccessOptions {
  readonly store: Pick<Store, 'recordings'>;
  readonly people: Pick<GuildPeople, 'guilds'>;
  readonly members: CachedMembers;
}

/**
 * Who may see which recordings: who asked for one, who is heard in it, and who manages its server; a program those of its guild.
 * Asked at every view, so that an erasure or a role taken away counts at once, at the latest a minute later.
 */
export class RecordingAccess {
  #options: RecordingAccessOptions;

  constructor(options: RecordingAccessOptions) {
    this.#options = options;
  }

  /** The recording, or null where it does not exist or is not theirs to see: nobody learns which. @throws StoreError */
  async find(viewer: Asker, recordingSessionId: string): Promise<RecordingRow | null> {
    if (!recordingSessionIdPattern.test(recordingSessionId)) return null;
    const row = await this.#options.store.recordings.get(recordingSessionId);
    if (!row) return null;
    if (viewer.kind === 'token') return row.guildId === viewer.guildId ? row : null;
    const concerned = await this.#options.store.recordings.concerns(recordingSessionId, viewer.userId);
    return concerned || (await this.manages(viewer, row.guildId)) ? row : null;
  }

  /** One page of what somebody may see, newest first. @throws StoreError */
  async list(
    viewer: Asker,
    page: Pick<VisibleQuery, 'guildId' | 'before' | 'limit'>,
  ): Promise<readonly RecordingRow[]> {
    return await this.#options.store.recordings.visible({ ...page, ...(await this.scope(viewer)) });
  }

  /** What bounds a listing or a search to what somebody may see. */
  async scope(viewer: Asker): Promise<Pick<VisibleQuery, 'userId' | 'wholeGuilds'>> {
    if (viewer.kind === 'token') return { userId: null, wholeGuilds: [viewer.guildId] };
    const guilds = this.#options.people.guilds();
    const managed = await fewAtOnce(guilds, askedAtOnce, (guildId) => this.manages(viewer, guildId));
    return { userId: viewer.userId, wholeGuilds: guilds.filter((_, index) => managed[index]) };
  }

  /** Whether a person has Manage Server. What cannot be known counts as no. */
  async manages(viewer: Asker, guildId: string): Promise<boolean> {
    if (viewer.kind === 'token') return false;
    return (await this.#options.members.member(guildId, viewer.userId))?.canManageGuild ?? false;
  }
}
