import { stat } from 'node:fs/promises';
import { recordingFolder, recordingLayout, type SessionFile } from '@parley/mux';
import { readSessionFile } from '../../recordings/session-files.ts';

/** How many `session.json` are kept in memory; a recording of hours has a megabyte of it. */
const kept = 20;

/** Reads `session.json` of recordings, each again only when it has changed. */
export class SessionShelf {
  #recordingsDir: string;
  #files = new Map<string, { readonly mtimeMs: number; readonly session: SessionFile | null }>();

  constructor(recordingsDir: string) {
    this.#recordingsDir = recordingsDir;
  }

  layout(recordingSessionId: string): ReturnType<typeof recordingLayout> {
    return recordingLayout(recordingFolder(this.#recordingsDir, recordingSessionId));
  }

  /** null: there is none that can be read. */
  async session(recordingSessionId: string): Promise<SessionFile | null> {
    const { root, sessionFile } = this.layout(recordingSessionId);
    const mtimeMs = await stat(sessionFile).then(
      (stats) => stats.mtimeMs,
      () => null,
    );
    if (mtimeMs === null) return null;
    const known = this.#files.get(recordingSessionId);
    if (known?.mtimeMs === mtimeMs) return known.session;
    const session = await readSessionFile(root);
    this.#files.delete(recordingSessionId);
    this.#files.set(recordingSessionId, { mtimeMs, session });
    const oldest = this.#files.keys().next();
    if (this.#files.size > kept && !oldest.done) this.#files.delete(oldest.value);
    return session;
  }
}
