import { stat } from 'node:fs/promises';
import { readMarks } from '@parley/mux';
import type { ErasureRow, RecordingRow, Store } from '../../store/index.ts';
import type { SessionShelf } from '../recording-view/session-shelf.ts';

export interface BeingErasedOptions {
  readonly store: Pick<Store, 'erasures' | 'recordings'>;
  readonly shelf: SessionShelf;
}

/** Whether a wish is about a recording. Pure. */
export const covers = (
  wish: Pick<ErasureRow, 'guildId' | 'sessionId' | 'recordingSessionId' | 'askedAt'>,
  row: Pick<RecordingRow, 'recordingSessionId' | 'guildId' | 'sessionId' | 'startTime'>,
): boolean =>
  row.startTime <= wish.askedAt &&
  (wish.guildId === null || wish.guildId === row.guildId) &&
  (wish.sessionId === null || wish.sessionId === row.sessionId) &&
  (wish.recordingSessionId === null || wish.recordingSessionId === row.recordingSessionId);

/**
 * People whose erasure from a recording has been asked for and is not done: from the wish on nothing of theirs is handed out, however long
 * the erasure takes or waits.
 */
export class BeingErased {
  #options: BeingErasedOptions;

  constructor(options: BeingErasedOptions) {
    this.#options = options;
  }

  /** Who is being erased from a recording. @throws StoreError; the file system's error */
  async from(row: RecordingRow): Promise<ReadonlySet<string>> {
    const { store, shelf } = this.#options;
    const { recordingSessionId } = row;
    const layout = shelf.layout(recordingSessionId);
    const people = new Set((await readMarks(layout)).map(({ userId }) => userId));
    for (const { id, userId, ...wish } of await store.erasures.open()) {
      if (userId === null || !covers(wish, row) || people.has(userId)) continue;
      if ((await store.erasures.touched(id)).get(recordingSessionId) === 'done') continue;
      const named = (await shelf.session(recordingSessionId))?.participants.some((one) => one.userId === userId);
      if (named || (await isThere(layout.personSegments(userId)))) people.add(userId);
    }
    return people;
  }

  /** Whether a file of a recording has to stay here: a track only for its own person. @param file as signed links name it */
  async withholds(recordingSessionId: string, file: string): Promise<boolean> {
    const row = await this.#options.store.recordings.get(recordingSessionId);
    const people = row ? await this.from(row) : new Set<string>();
    const [, track] = /^tracks\/(.+)\.ogg$/.exec(file) ?? [];
    return track === undefined ? people.size > 0 : people.has(track);
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
