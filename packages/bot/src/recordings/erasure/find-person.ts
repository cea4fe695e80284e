import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { holdsId, isOwnRoom, recordingLayout, type SessionFile } from '@parley/mux';
import { type RecordingFolder, recordingFolders } from '../recording-folders.ts';
import { readSessionFile } from '../session-files.ts';

/** What is asked: who, and where. */
export interface PersonScope {
  readonly userId: string;
  /** null: everywhere. */
  readonly guildId: string | null;
  /** Recordings of this session only; null: all. */
  readonly sessionId: string | null;
  /** This recording only; null: all. */
  readonly recordingSessionId: string | null;
  /** Recordings that began by then, epoch milliseconds. */
  readonly until: number;
}

/** A recording in which there is something of a person. */
export interface PersonRecording extends RecordingFolder {
  readonly session: SessionFile | null;
  /** Whether there is audio of theirs: then it is in the mix as well. */
  readonly spoke: boolean;
  /** Their private room: all of it is theirs. */
  readonly ownRoom: boolean;
}

const filesIn = async (folder: string): Promise<string[]> =>
  (await readdir(folder, { withFileTypes: true }).catch(() => []))
    .filter((one) => one.isFile())
    .map(({ name }) => name);

const textOf = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

/** Decisions stay, and so do not count. */
const isDecision = (line: string): boolean => line.includes('"type":"consent"');

const isNamed = async (folder: string, session: SessionFile | null, userId: string): Promise<boolean> => {
  const layout = recordingLayout(folder);
  for (const name of await filesIn(layout.journal)) {
    const text = await textOf(join(layout.journal, name));
    if (text.includes(userId) && text.split('\n').some((line) => holdsId(line, userId) && !isDecision(line)))
      return true;
  }
  if (session === null) return holdsId(await textOf(layout.sessionFile), userId);
  const { consents: _kept, ...rest } = session;
  if (holdsId(JSON.stringify(rest), userId)) return true;
  return holdsId(await textOf(join(folder, 'transcript.json')), userId);
};

/** The recordings in which there is something of a person, the folders asked, not the database. @throws the file system's error */
export const findPerson = async (recordingsDir: string, scope: PersonScope): Promise<PersonRecording[]> => {
  const { userId, guildId, sessionId, recordingSessionId: only, until } = scope;
  const found: PersonRecording[] = [];
  for (const { recordingSessionId, folder } of await recordingFolders(recordingsDir)) {
    if (only !== null && recordingSessionId !== only) continue;
    const layout = recordingLayout(folder);
    const ownRoom = isOwnRoom(layout, userId);
    if (guildId !== null && !recordingSessionId.startsWith(`${guildId}-`)) continue;
    const session = await readSessionFile(folder);
    if (sessionId !== null && session?.sessionId !== sessionId) continue;
    if ((session?.startTime ?? 0) > until) continue;
    const audio = [...(await filesIn(layout.personSegments(userId))), ...(await filesIn(layout.tracks))];
    const spoke = audio.some((name) => name === `${userId}.ogg` || /^\d+-\d+\.ogg$/.test(name));
    if (ownRoom || spoke || (await isNamed(folder, session, userId))) {
      found.push({ recordingSessionId, folder, session, spoke, ownRoom });
    }
  }
  return found;
};
