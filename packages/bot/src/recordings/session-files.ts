import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { recordingLayout, type SessionFile, sessionFileSchema } from '@parley/mux';

/** What is known of a recording when it begins. */
export interface RecordingIdentity {
  readonly sessionId: string;
  readonly recordingSessionId: string;
  readonly continues?: string | undefined;
  readonly guildId: string;
  readonly channelId: string;
  readonly channelName: string;
  /** Epoch milliseconds of sample 0. */
  readonly startTime: number;
}

/** `session.json` as it is at the start: nothing known yet but who, where and when. */
export const newSessionFile = ({ continues, ...identity }: RecordingIdentity): SessionFile => ({
  schema: 1,
  ...identity,
  ...(continues === undefined ? {} : { continues }),
  endTime: null,
  durationMs: null,
  status: 'recording',
  outputFile: null,
  participants: [],
  segments: [],
  skipped: [],
  holes: [],
  markers: [],
  consents: [],
  loudness: null,
  quality: { received: 0, written: 0, lost: 0, concealed: 0, undecryptable: 0, reanchors: 0, maxDriftPpm: 0 },
  mux: null,
  versions: { node: process.versions.node },
});

/** Replaces `session.json` as a whole: a reader sees the old one or the new one, also after a power cut. */
export const writeSessionFile = async (folder: string, session: SessionFile): Promise<void> => {
  const { sessionFile } = recordingLayout(folder);
  const temporary = `${sessionFile}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(session, null, 2)}\n`);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(temporary, sessionFile);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};

/** Reads `session.json`; null when it is missing or not one. The mux can rebuild it from the journal. */
export const readSessionFile = async (folder: string): Promise<SessionFile | null> => {
  try {
    const parsed = sessionFileSchema.safeParse(JSON.parse(await readFile(recordingLayout(folder).sessionFile, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
};

/** The same recording, handed to the mux. */
export const asMuxing = (session: SessionFile, end: { endTime: number; durationMs: number }): SessionFile => ({
  ...session,
  status: 'muxing',
  endTime: Math.round(end.endTime),
  durationMs: end.durationMs,
});
