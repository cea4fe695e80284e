import { readFile } from 'node:fs/promises';
import { type JournalLine, recordingLayout } from '@parley/mux';
import { compose } from '../notify/compose.ts';
import type { UserMessage } from '../notify/index.ts';
import type { Session } from '../session/session.ts';
import { alice, voiceA } from './fake-discord.ts';
import type { SessionRig } from './session-rig.ts';

/** Alice sits down in the voice channel and asks Parley in. @returns the live session and the folder it records to */
export const startSession = async (rig: SessionRig): Promise<{ session: Session; folder: string }> => {
  rig.discord.put(alice, voiceA);
  const outcome = await rig.join();
  if (outcome.kind !== 'joined') throw new Error(JSON.stringify(outcome));
  return { session: outcome.session, folder: outcome.session.recording.current?.folder ?? '' };
};

/** The lines of the supervisor's journal in a recording's folder. */
export const journalOf = async (folder: string): Promise<JournalLine[]> =>
  (await readFile(recordingLayout(folder).supervisorJournal, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as JournalLine);

/** Why sessions ended, as people were told. */
export const endsTold = (rig: SessionRig): string[] =>
  rig.discord.said('session_ended').map(({ details }) => (details as { reason: string }).reason);

/** The buttons of a message as Discord gets them. */
export const composedButtons = (message: UserMessage): string => JSON.stringify(compose(message).components);
