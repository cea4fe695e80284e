import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { MuxError, recordingLayout, type TranscribedRecording, type Transcript, withdrawWords } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import { snowflakePattern } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import { shortError } from '../../policy/denial.ts';
import type { ConsentKind, RecordingRow, Store } from '../../store/index.ts';
import type { Background } from '../../vox/background.ts';
import { extractSummary } from '../summary/extract-summary.ts';
import { readSummary, type Summary } from '../summary/summary-file.ts';
import { turnsOf } from '../summary/turns.ts';
import { readTranscriptFile, spokenRows } from './read-spoken.ts';
import type { TranscriptionService } from './transcription-service.ts';
import type { TextUse } from './withheld.ts';

/** What could not be done now is tried again after this long, milliseconds. */
export const withdrawalRetryMs = 60_000;

/** Who said no, and where; null: everywhere. */
export interface Refusal {
  readonly userId: string;
  readonly guildId: string | null;
}

export interface TranscriptWithdrawalsOptions {
  readonly store: Store;
  readonly transcription: Pick<TranscriptionService, 'hold' | 'reconsider' | 'isConfigured'>;
  /** Who of these people does not agree to the use by now. @throws StoreError */
  readonly among: (use: TextUse, guildId: string, userIds: Iterable<string>) => Promise<ReadonlySet<string>>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
}

/**
 * Takes out of transcripts what people said who do not agree to it any more, and away the summaries of a model that may have had words of
 * those who do not want that. A no stands in the store's jobs before it is confirmed, from
 * when on nothing of theirs is found or shown; the files follow, one recording after the other, also after a restart.
 */
export class TranscriptWithdrawals implements AsyncDisposable {
  readonly #options: TranscriptWithdrawalsOptions;
  readonly #timers = new Map<string, Disposable>();
  #tail: Promise<void> = Promise.resolve();
  #isOver = false;

  constructor(options: TranscriptWithdrawalsOptions) {
    this.#options = options;
  }

  /** Somebody said no to a use; resolves when nothing of theirs is found any more. @throws StoreError */
  async saidNo({ userId, guildId }: Refusal, use: ConsentKind): Promise<void> {
    const { store, transcription, clock } = this.#options;
    // What runs begins anew and asks who agrees.
    transcription.reconsider(guildId);
    if (use !== 'transcribed' && use !== 'heard_by_ai') return;
    const speaking = await store.transcripts.speakingIn({ userId, guildId });
    const concerned = use === 'transcribed' ? speaking : await this.#summedUp(speaking);
    for (const id of concerned) await store.jobs.put('withdraw', id);
    if (use === 'transcribed') {
      const everywhere = { sessionId: null, recordingSessionId: null, until: clock.now() };
      await store.transcripts.withdrawn({ userId, guildId, ...everywhere });
    }
    for (const id of concerned) this.#look(id);
  }

  /** Those of the recordings that a model has summed up: it may have had words of whoever does not want that any more. */
  async #summedUp(recordingSessionIds: readonly string[]): Promise<string[]> {
    const { store } = this.#options;
    const summedUp: string[] = [];
    for (const id of recordingSessionIds) {
      const row = await store.recordings.get(id);
      if (row !== null && (await readSummary(row.folder))?.by === 'model') summedUp.push(id);
    }
    return summedUp;
  }

  /**
   * A recording was mixed, anew where somebody was erased from it: what was made of its transcript is made again by whoever transcribes, or
   * here, where nobody does. @throws StoreError
   */
  async mixed(recordingSessionId: string): Promise<void> {
    const { store, transcription } = this.#options;
    const row = transcription.isConfigured ? null : await store.recordings.get(recordingSessionId);
    if (row === null || (await readTranscriptFile(row.folder)) === null) return;
    if (existsSync(recordingLayout(row.folder).transcriptText('md'))) return;
    await store.jobs.put('withdraw', recordingSessionId);
    this.#look(recordingSessionId);
  }

  /** Goes on with what the last run of the supervisor left. @throws StoreError */
  async resume(): Promise<void> {
    for (const { recordingSessionId } of await this.#options.store.jobs.open('withdraw'))
      this.#look(recordingSessionId);
  }

  /** Waits for the recording that is being worked on; the next start goes on with the others. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
    this.#timers.clear();
    await this.#tail;
  }

  #look(recordingSessionId: string): void {
    const { background, clock, logger } = this.#options;
    this.#timers.get(recordingSessionId)?.[Symbol.dispose]();
    this.#timers.delete(recordingSessionId);
    this.#tail = this.#tail.then(async () => {
      if (this.#isOver) return;
      try {
        await this.#work(recordingSessionId);
      } catch (error) {
        logger.warn({ recordingSessionId, reason: shortError(error) }, 'words could not be withdrawn yet');
        if (this.#isOver) return;
        const again = clock.setTimeout(() => this.#look(recordingSessionId), withdrawalRetryMs);
        this.#timers.set(recordingSessionId, again);
      }
    });
    background.run('withdrawal', () => this.#tail, { recordingSessionId });
  }

  /** @throws StoreError; MuxError `busy`; the file system's error */
  async #work(recordingSessionId: string): Promise<void> {
    const { store, transcription, logger } = this.#options;
    const job = await store.jobs.get('withdraw', recordingSessionId);
    if (job === null || job.state === 'done') return;
    const row = await store.recordings.get(recordingSessionId);
    if (row !== null) {
      using _away = await transcription.hold(recordingSessionId);
      const left = await this.#withdraw(row);
      if (left !== null) await store.transcripts.replaced(recordingSessionId, spokenRows(left));
      logger.info({ recordingSessionId }, 'words were withdrawn from a transcript');
    }
    await store.jobs.update('withdraw', recordingSessionId, { state: 'done', lastError: null });
  }

  async #withdraw({ folder, guildId }: RecordingRow): Promise<Transcript | null> {
    const without = await this.#options.among('transcribed', guildId, await speakersOf(folder));
    try {
      return await withdrawWords(folder, without, (left, recording) => this.#summaryOf(left, recording));
    } catch (error) {
      if (error instanceof MuxError && error.code === 'not_a_recording') return null;
      throw error;
    }
  }

  #summaryOf({ segments }: Transcript, { durationMs, nameOf }: TranscribedRecording): Summary {
    const names = (userId: string): string => nameOf(userId) || userId;
    const text = extractSummary(turnsOf(segments), { nameOf: names, durationMs });
    return { schema: 1, at: Math.round(this.#options.clock.now()), by: 'turns', model: null, text };
  }
}

/** Who may have words in a recording: by its transcript and by its audio. */
const speakersOf = async (folder: string): Promise<ReadonlySet<string>> => {
  const heard = await readdir(recordingLayout(folder).segments).catch(() => []);
  const spoken = (await readTranscriptFile(folder))?.segments.map(({ userId }) => userId) ?? [];
  return new Set([...spoken, ...heard.filter((name) => snowflakePattern.test(name))]);
};
