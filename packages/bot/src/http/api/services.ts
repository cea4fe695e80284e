import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { Eraser } from '../../recordings/erasure/eraser.ts';
import type { SessionRegistry } from '../../session/registry.ts';
import type { RecordingRow, Store } from '../../store/index.ts';
import type { PageTranscripts } from '../../transcripts/service/page-transcripts.ts';
import type { BeingErased } from '../access/being-erased.ts';
import type { GuildPeople } from '../access/guild-people.ts';
import type { RecordingAccess } from '../access/recording-access.ts';
import type { SignInDesk } from '../auth/sign-in-desk.ts';
import type { SessionShelf } from '../recording-view/session-shelf.ts';
import type { NoteBook } from './note-book.ts';
import type { PageExports } from './page-exports.ts';

/** What the handlers of the interface work with. */
export interface ApiServices {
  readonly store: Pick<Store, 'guildSettings' | 'participants' | 'consents'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
  readonly people: GuildPeople;
  readonly access: RecordingAccess;
  readonly desk: SignInDesk;
  readonly shelf: SessionShelf;
  readonly registry: Pick<SessionRegistry, 'of'>;
  readonly eraser: Pick<Eraser, 'begin'>;
  readonly notes: NoteBook;
  readonly erasing: BeingErased;
  readonly exports: PageExports;
  readonly transcripts: PageTranscripts;
}

/** The session that is making a recording; null: it does not run here. */
export const liveSessionOf = (
  { registry }: Pick<ApiServices, 'registry'>,
  { guildId, recordingSessionId }: RecordingRow,
) => {
  const session = registry.of(guildId);
  return session?.recording.current?.recordingSessionId === recordingSessionId ? session : null;
};
