import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type RecordingLayout, recordingLayout } from '../formats/recording-layout.ts';
import { type SessionFile, sessionFileSchema } from '../formats/session-file.ts';
import { MuxError } from '../mux-error.ts';
import { type JournalView, viewJournal } from '../timeline/journal-view.ts';
import { checkReadable } from './check-readable.ts';
import { currentBootId, processLives } from './process-identity.ts';
import { type ReadJournals, readJournals } from './read-journals.ts';
import { readJson } from './read-json.ts';

/** A recording's folder, read but not changed. */
export interface OpenRecording {
  readonly layout: RecordingLayout;
  readonly journals: ReadJournals;
  readonly view: JournalView;
  /** session.json, or what the journal and the folder's name tell when it is missing or unreadable. */
  readonly session: SessionFile;
  /** Everything that stood in session.json, fields this version does not know included. */
  readonly raw: Readonly<Record<string, unknown>>;
  readonly sessionFound: 'valid' | 'missing' | 'invalid';
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

/** `<guildId>-<channelId>-<YYYYMMDDTHHMMSSmmmZ>` or `room-<userId>-<time>`. */
const nameForm = /^(\w+)-(\w+)-(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})(\d{3})Z$/;

const emptySession = {
  schema: 1,
  ...{ endTime: null, durationMs: null, status: 'muxing', outputFile: null, loudness: null, mux: null },
  ...{ participants: [], segments: [], skipped: [], holes: [], markers: [], consents: [], versions: {} },
  quality: { received: 0, written: 0, lost: 0, concealed: 0, undecryptable: 0, reanchors: 0, maxDriftPpm: 0 },
} satisfies Partial<SessionFile>;

/** session.json anew from the journal's first line, else from the folder's name. */
const rebuildSession = (folder: string, { started }: JournalView): SessionFile | null => {
  if (started !== null) {
    const { sessionId, recordingSessionId, guildId, channelId, channelName, continues } = started;
    const startTime = Math.max(0, Math.round(started.at - started.sample / 48));
    const names = { sessionId, recordingSessionId, guildId, channelId, channelName };
    return { ...emptySession, ...names, ...(continues !== undefined && { continues }), startTime };
  }
  const name = basename(folder);
  const match = nameForm.exec(name);
  if (match === null) return null;
  const [, guildId = '', channelId = '', year, month, day, hour, minute, second, ms] = match;
  const startTime = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  if (Number.isNaN(startTime)) return null;
  return { ...emptySession, sessionId: name, recordingSessionId: name, guildId, channelId, channelName: '', startTime };
};

/**
 * Reads what a recording's folder says of itself. Changes nothing.
 * @throws MuxError `not_a_recording`; `unreadable`, `newer_format` (each names the file); the file system's error
 */
export const openRecording = (path: string): OpenRecording => {
  const root = resolve(path);
  const layout = recordingLayout(root);
  if (!isFolder(root)) throw new MuxError('not_a_recording', `${root} is not a folder.`);
  checkReadable(layout);
  const journals = readJournals(layout.journal);
  const view = viewJournal(journals.lines);
  const read = readJson(layout.sessionFile, sessionFileSchema);
  const session = read.found === 'valid' ? read.value : rebuildSession(root, view);
  const empty = read.found === 'missing' && journals.lines.length === 0 && !isFolder(layout.segments);
  if (session === null || empty) {
    throw new MuxError('not_a_recording', `${root} holds neither a readable session.json nor a journal.`);
  }
  return { layout, journals, view, session, raw: read.found === 'valid' ? read.raw : {}, sessionFound: read.found };
};

/**
 * Whether an audio process may still write here: one of the recording's voxprocs has not closed its files and lives. What the supervisor
 * says of the recording does not matter: it ends one also when a voxproc on a slow disk did not answer.
 */
export const isLive = ({ view }: OpenRecording): boolean => {
  const boot = currentBootId();
  if (boot !== null && view.started !== null && view.started.bootId !== boot) return false;
  return view.unfinished.some(({ pid, startTicks }) => processLives(pid, startTicks));
};
