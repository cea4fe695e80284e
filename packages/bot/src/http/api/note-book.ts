import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { journalLineSchema, SAMPLE_RATE } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import { SupervisorJournal } from '../../recordings/supervisor-journal.ts';
import { KeyedMutex } from '../../session/join/guild-mutex.ts';
import type { SessionShelf } from '../recording-view/session-shelf.ts';
import { ApiFailure, beingErased } from './api-failure.ts';

/** A note on the timeline of a recording. */
export interface Note {
  readonly sample: number;
  readonly userId: string;
  readonly text: string;
}

/** What there is room for in one recording: a reader goes through all of it at every view. */
export const noteLimits = { notes: 500, bytes: 256 * 1024 } as const;
/** Running recordings whose notes are counted; of others, long over, nobody counts any more. */
const countedRuns = 100;

const full = (): ApiFailure => new ApiFailure('too_many', 'This recording has no room for further notes.');

/**
 * Notes on recordings that have ended: a journal of their own beside the others, `journal/notes.jsonl`, which the next mix takes in
 * like every journal. `session.json` stays the mixer's.
 */
export class NoteBook {
  #shelf: SessionShelf;
  #clock: Clock;
  #logger: Logger;
  #mutex = new KeyedMutex();
  #held = new Map<string, number>();
  #live = new Map<string, number>();

  constructor(shelf: SessionShelf, clock: Clock, logger: Logger) {
    this.#shelf = shelf;
    this.#clock = clock;
    this.#logger = logger;
  }

  /**
   * Keeps a note; resolves when it is on disk. @throws ApiFailure `too_many`; `not_ready` while the recording is held; the file system's error
   */
  async add(recordingSessionId: string, atMs: number, userId: string, text: string): Promise<void> {
    // What is asked for from now on; a hold waits for what was before.
    if (this.#held.has(recordingSessionId)) {
      throw new ApiFailure('not_ready', beingErased);
    }
    await this.#mutex.run(recordingSessionId, async () => {
      const size = await stat(this.#file(recordingSessionId)).then(
        (stats) => stats.size,
        () => 0,
      );
      const isFull = size >= noteLimits.bytes || (await this.of(recordingSessionId)).length >= noteLimits.notes;
      if (isFull) throw full();
      await using journal = await SupervisorJournal.open(this.#file(recordingSessionId), this.#logger);
      const sample = Math.round(atMs * (SAMPLE_RATE / 1000));
      journal.append({ at: this.#clock.now(), sample }, { type: 'marker', userId, text });
      await journal.flush();
    });
  }

  /** Counts a note on a recording that runs, whose journal is kept by its session. @throws ApiFailure `too_many` */
  countLive(recordingSessionId: string): void {
    const notes = this.#live.get(recordingSessionId) ?? 0;
    if (notes >= noteLimits.notes) throw full();
    this.#live.delete(recordingSessionId); // the newest stand last
    this.#live.set(recordingSessionId, notes + 1);
    const oldest = this.#live.keys().next();
    if (this.#live.size > countedRuns && !oldest.done) this.#live.delete(oldest.value);
  }

  /** Takes no notes of a recording until disposed; resolves when none is being written. */
  async hold(recordingSessionId: string): Promise<Disposable> {
    this.#held.set(recordingSessionId, (this.#held.get(recordingSessionId) ?? 0) + 1);
    await this.#mutex.run(recordingSessionId, async () => undefined);
    return {
      [Symbol.dispose]: () => {
        const holds = (this.#held.get(recordingSessionId) ?? 1) - 1;
        if (holds > 0) this.#held.set(recordingSessionId, holds);
        else this.#held.delete(recordingSessionId);
      },
    };
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
