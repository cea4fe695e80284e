import type { Clock } from '@parley/protocol';
import type { Settings } from '../../config/settings-schema.ts';
import type { Logger } from '../../log.ts';
import type { Store } from '../../store/index.ts';
import { pageTranscripts } from '../../transcripts/service/page-transcripts.ts';
import { BeingErased } from '../access/being-erased.ts';
import { CachedMembers } from '../access/cached-members.ts';
import type { GuildPeople } from '../access/guild-people.ts';
import { RecordingAccess } from '../access/recording-access.ts';
import { NoteBook } from '../api/note-book.ts';
import type { ApiServices } from '../api/services.ts';
import { SessionShelf } from '../recording-view/session-shelf.ts';

export interface PagePartsOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly people: GuildPeople;
  /** How far the transcription of a recording is, 0 to 1; null: it does not run. */
  readonly fractionOf: (recordingSessionId: string) => number | null;
}

/** The parts of the pages that belong to nobody else. */
export const pageParts = (
  { recordingsDir }: Pick<Settings, 'recordingsDir'>,
  { store, clock, logger, people, fractionOf }: PagePartsOptions,
): Pick<ApiServices, 'people' | 'access' | 'shelf' | 'notes' | 'erasing' | 'transcripts'> => {
  const shelf = new SessionShelf(recordingsDir);
  const members = new CachedMembers(people, clock, logger);
  return {
    ...{ people, shelf },
    access: new RecordingAccess({ store, people, members }),
    erasing: new BeingErased({ store, shelf }),
    notes: new NoteBook(shelf, clock, logger),
    transcripts: pageTranscripts({ store, folderOf: (id) => shelf.layout(id).root, fractionOf }),
  };
};
