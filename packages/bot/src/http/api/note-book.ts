import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { journalLineSchema, SAMPLE_RATE } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import { SupervisorJournal } from '../../recordings/supervisor-journal.ts';
import { KeyedMutex } from '../../session/join/guild-mutex.ts';
import type { SessionShelf } from '../recording-view/session-shelf.ts';

/** A note on the timeline of a recording. */
export interface Note {
  readonly sample: number;
  readonly userId: string;
  readonly text: string;
}

/**
 * Notes on recordings that have ended: a journal of their own beside the others, `journal/notes.jsonl`, which the next mix takes in
 * like every journal. `session.json` stays the mixer's.
 */
export class NoteBook {
  #shelf: SessionShelf;
  #clock: Clock;
  #logger: Logger;
  #mutex = new KeyedMutex();

  constructor(shelf: SessionShelf, clock: Clock, logger: Logger) {
    this.#shelf = shelf;
    this.#clock = clock;
    this.#logger = logger;
  }

  /** Keeps a note; resolves when it is on disk. @throws the file system's error */
  async add(recordingSessionId: string, atMs: number, userId: string, text: string): Promise<void> {
    await this.#mutex.run(recordingSessionId, async () => {
      await using journal = await SupervisorJournal.open(this.#file(recordingSessionId), this.#logger);
      const sample = Math.round(atMs * (SAMPLE_RATE / 1000));
      journal.append({ at: this.#clock.now(), sample }, { type: 'marker', userId, text });
      await journal.flush();
    });
  }

  /** The notes kept here, in the order they were set. */
  async of(recordingSessionId: string): Promise<Note[]> {
    const lines = await readFile(this.#file(recordingSessionId), 'utf8').then(
      (text) => text.split('\n'),
      () => [],
    );
    return lines.flatMap((line) => {
      const parsed = parseLine(line);
      return parsed?.type === 'marker' ? [{ sample: parsed.sample, userId: parsed.userId, text: parsed.text }] : [];
    });
  }

  #file(recordingSessionId: string): string {
    return join(this.#shelf.layout(recordingSessionId).journal, 'notes.jsonl');
  }
}

const parseLine = (line: string) => {
  try {
    return journalLineSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
};
