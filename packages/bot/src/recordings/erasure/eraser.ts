import { MuxError, readMarks, recordingFolder, recordingLayout, withoutId } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import { consentTextVersion } from '../../notify/index.ts';
import { shortError } from '../../policy/denial.ts';
import type { DiscordPort } from '../../session/discord-port.ts';
import type { SessionRegistry } from '../../session/registry.ts';
import type { ErasureRow, Store } from '../../store/index.ts';
import type { Background } from '../../vox/background.ts';
import type { MuxQueue } from '../mux-queue.ts';
import { recordingFolders } from '../recording-folders.ts';
import { finishDeletions } from '../retention/delete-recording.ts';
import { eraseFromLogFiles } from './erase-log-files.ts';
import { eraseFromRecording } from './erase-recording.ts';
import { findPerson, type PersonRecording, type PersonScope } from './find-person.ts';
import type { PersonHash } from './person-hash.ts';
import { removeSetAside } from './remove-set-aside.ts';
import { withdrawMessages } from './withdraw-messages.ts';

/** How long until an erasure that could not be finished is tried again, milliseconds. */
export const erasureRetryMs = 5 * 60_000;

export interface EraserOptions {
  readonly recordingsDir: string;
  readonly dataDir: string;
  /** null: there is none. */
  readonly logFile: string | null;
  readonly store: Store;
  readonly discord: Pick<DiscordPort, 'deleteMessage'>;
  readonly registry: Pick<SessionRegistry, 'all'>;
  readonly muxQueue: Pick<MuxQueue, 'hold' | 'enqueue'>;
  /** Removes the files that were exported of a recording and wait to be fetched. */
  readonly removeExports: (recordingSessionId: string) => Promise<void>;
  readonly hash: PersonHash;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
}

/** Whom to erase, and from where. */
export type ErasureWish = Pick<ErasureRow, 'guildId' | 'sessionId' | 'askedBy'> &
  Partial<Pick<ErasureRow, 'recordingSessionId'>> & { readonly userId: string };

/** Whether it is of the person as a whole, not of some recordings: then nothing else that is kept of them stays either. */
const isWhole = ({ sessionId, recordingSessionId }: Pick<ErasureRow, 'sessionId' | 'recordingSessionId'>): boolean =>
  sessionId === null && recordingSessionId === null;

/** What there is of a person, before they decide. */
export interface ErasureSurvey {
  readonly recordings: number;
  /** Recordings with their voice. */
  readonly spoken: number;
  readonly running: number;
  /** Messages of the bot that will be deleted. */
  readonly messages: number;
}

/** How far an erasure has come. */
export interface ErasureOutcome {
  readonly recordings: number;
  /** Recordings that still run: what is left there goes when they end. */
  readonly running: number;
  readonly messages: number;
  /** What is still to be done, tried again later; null: nothing. */
  readonly error: string | null;
}

/** Erases people: from recordings, messages, the database and the log, one wish after the other, however often it is interrupted. */
export class Eraser implements Disposable {
  #options: EraserOptions;
  #tail: Promise<unknown> = Promise.resolve();
  #timer: Disposable;

  constructor(options: EraserOptions) {
    this.#options = options;
    const { clock, background } = options;
    this.#timer = clock.setInterval(() => background.run('erasures', () => this.resume()), erasureRetryMs);
  }

  [Symbol.dispose](): void {
    this.#timer[Symbol.dispose]();
  }

  /** What an erasure would reach. Changes nothing. @throws StoreError; the file system's error */
  async survey({ userId, guildId, sessionId, recordingSessionId = null }: ErasureWish): Promise<ErasureSurvey> {
    const { store, clock } = this.#options;
    const scope = { userId, guildId, sessionId, recordingSessionId, until: clock.now() };
    const found = await this.#find(scope);
    const spoken = found.filter(({ spoke }) => spoke);
    const posted = [...spoken.map((one) => one.recordingSessionId), ...(await this.#postedOnly(scope))];
    const messages = await Promise.all(posted.map((recordingSessionId) => store.deliveries.of(recordingSessionId)));
    return {
      recordings: found.length,
      spoken: spoken.length,
      running: found.filter((one) => this.#runningSample(one) !== null).length,
      messages: messages.flat().length,
    };
  }

  /** Erases a person in the background; resolves when the wish is kept, from which on nothing hands out what is theirs. @throws StoreError */
  async begin(wish: ErasureWish): Promise<void> {
    const id = await this.#keep(wish);
    this.#options.background.run('erasure', () => this.#carryOut(id));
  }

  /**
   * Erases a person. Sessions of now stop recording them first. What could not be done now is in the outcome and is tried again until it
   * is, also after a restart.
   * @throws StoreError when not even the wish could be kept
   */
  async erase(wish: ErasureWish): Promise<ErasureOutcome> {
    return await this.#carryOut(await this.#keep(wish));
  }

  /** @returns its number */
  async #keep(wish: ErasureWish): Promise<number> {
    const { store, clock, hash } = this.#options;
    const { userId, guildId, sessionId, recordingSessionId = null, askedBy } = wish;
    const asked = { person: hash(userId), userId, guildId, sessionId, recordingSessionId, askedBy };
    const askedAt = clock.now();
    const id = await store.erasures.asked({ ...asked, askedAt, textVersion: consentTextVersion });
    // What they said is found no more from now on; the rest of them goes in turn.
    await store.transcripts.withdrawn({ userId, guildId, sessionId, recordingSessionId, until: askedAt });
    return id;
  }

  async #carryOut(id: number): Promise<ErasureOutcome> {
    const { store } = this.#options;
    return await this.#inTurn(async () => {
      const row = (await store.erasures.open()).find((one) => one.id === id);
      return row ? await this.#run(row) : { recordings: 0, running: 0, messages: 0, error: null };
    });
  }

  /** Goes on with every erasure that is not done. Never throws. */
  async resume(): Promise<void> {
    const { store, logger } = this.#options;
    try {
      await this.#inTurn(async () => {
        for (const row of await store.erasures.open()) {
          if (row.attempts === 0 || row.lastError !== null || !(await this.#waits(row.id))) await this.#run(row);
        }
      });
    } catch (error) {
      logger.error({ err: error }, 'the erasures that are not done cannot be read');
    }
  }

  /** Whether it has nothing to do before a recording has ended. */
  async #waits(id: number): Promise<boolean> {
    const states = await this.#options.store.erasures.touched(id);
    const running = new Set(this.#options.registry.all.map(({ recording }) => recording.current?.recordingSessionId));
    return [...states].some(([recordingSessionId, state]) => state === 'waiting' && running.has(recordingSessionId));
  }

  async #isMarked(recordingSessionId: string, userId: string): Promise<boolean> {
    const marks = await readMarks(recordingLayout(recordingFolder(this.#options.recordingsDir, recordingSessionId)));
    return marks.some((mark) => mark.userId === userId);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#tail.then(work);
    this.#tail = turn.catch(() => undefined);
    return turn;
  }

  #find(scope: PersonScope): Promise<PersonRecording[]> {
    return findPerson(this.#options.recordingsDir, scope);
  }

  /** Recordings that are deleted, while messages with the person's voice stand. */
  async #postedOnly({ userId, guildId, until, ...scope }: PersonScope): Promise<string[]> {
    if (!isWhole(scope)) return [];
    const { store, recordingsDir } = this.#options;
    const kept = new Set((await recordingFolders(recordingsDir)).map(({ recordingSessionId }) => recordingSessionId));
    return (await store.deliveries.withVoice({ userId, guildId, until })).filter((one) => !kept.has(one));
  }

  /** The sample of now of a recording that runs here; null: it does not. */
  #runningSample({ recordingSessionId }: PersonRecording): number | null {
    const runs = this.#options.registry.all.map(({ recording }) => recording.current);
    return runs.find((run) => run?.recordingSessionId === recordingSessionId)?.nowSample() ?? null;
  }

  /** Never throws: what fails is in the outcome, and in the erasure's row. */
  async #run(row: ErasureRow): Promise<ErasureOutcome> {
    const { store, logger } = this.#options;
    const { id, person, userId } = row;
    if (userId === null) return { recordings: 0, running: 0, messages: 0, error: null };
    const result = { recordings: 0, running: 0, bytes: 0, messages: 0, rows: 0 };
    const failures: string[] = [];
    const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        const code = error instanceof MuxError ? `${error.code}: ` : '';
        const reason = withoutId(`${what}: ${code}${shortError(error)}`, userId);
        failures.push(reason);
        logger.warn({ erasure: id, person, reason }, 'a part of an erasure is still to be done');
      }
    };
    await attempt('deletions', () => this.#finishDeletions());
    await attempt('recordings', () => this.#eraseRecordings(row, userId, result, attempt));
    await attempt('messages', async () => {
      const deleted = await this.#postedOnly({ ...row, userId, until: row.askedAt });
      for (const recordingSessionId of deleted) await store.deliveries.doom(recordingSessionId);
      const { withdrawn, failed, reason } = await withdrawMessages(this.#options);
      result.messages += withdrawn;
      if (failed > 0) throw new Error(`${failed} could not be deleted: ${reason}`);
    });
    await attempt('database', async () => {
      const recordingSessionIds = isWhole(row) ? null : [...(await store.erasures.touched(id)).keys()];
      result.rows += await store.erasures.forget({ userId, guildId: row.guildId, recordingSessionIds });
      await store.erasures.compact();
    });
    if (isWhole(row)) {
      await attempt('log', () => this.#eraseLog(userId));
      await attempt('databases put aside', () => this.#removeSetAside());
    }
    const error = failures.length === 0 ? null : failures.join('; ');
    await attempt('note', async () => {
      const recordings = Math.max(result.recordings, (await store.erasures.touched(id)).size);
      await store.erasures.tried(id, { ...result, recordings, error });
      if (error === null && result.running === 0) await this.#done(row, { ...result, recordings });
    });
    const { recordings, running, messages } = result;
    return { recordings, running, messages, error: failures.length === 0 ? null : failures.join('; ') };
  }

  /** A recording whose deletion was cut off is none any more, and is not looked into: what is left of it goes as a whole. */
  async #finishDeletions(): Promise<void> {
    const failed: string[] = [];
    await finishDeletions(this.#options.recordingsDir, (recordingSessionId, error) =>
      failed.push(`${recordingSessionId}: ${shortError(error)}`),
    );
    if (failed.length > 0) throw new Error(failed.join('; '));
  }

  async #eraseRecordings(
    row: ErasureRow,
    userId: string,
    result: { recordings: number; running: number; bytes: number },
    attempt: (what: string, work: () => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const { store, registry, logger } = this.#options;
    const before = await store.erasures.touched(row.id);
    // What waits for the mixer, or is done, may hold what the person has agreed to since.
    const isOpen = (recordingSessionId: string) => (before.get(recordingSessionId) ?? 'begun') === 'begun';
    const concerned = registry.all.filter(({ info, recording: { current } }) => {
      if (row.guildId !== null && info.guildId !== row.guildId) return false;
      if (row.sessionId !== null && info.sessionId !== row.sessionId) return false;
      if (row.recordingSessionId !== null && row.recordingSessionId !== current?.recordingSessionId) return false;
      return current !== null && current.identity.startTime <= row.askedAt && isOpen(current.recordingSessionId);
    });
    await Promise.all(concerned.map(({ people }) => people.exclude(userId)));
    for (const [recordingSessionId, state] of before) {
      if (state !== 'waiting') continue;
      if (await this.#isMarked(recordingSessionId, userId)) result.running += 1;
      else await store.erasures.reached(row.id, recordingSessionId, 'done');
    }
    for (const found of await this.#find({ ...row, userId, until: row.askedAt })) {
      const { recordingSessionId } = found;
      if (!isOpen(recordingSessionId)) continue;
      await attempt(`recording ${recordingSessionId}`, async () => {
        const erased = await eraseFromRecording(
          this.#options,
          found,
          { id: row.id, userId },
          this.#runningSample(found),
        );
        await store.erasures.reached(row.id, recordingSessionId, erased.kind === 'waiting' ? 'waiting' : 'done');
        result.recordings += 1;
        if (erased.kind === 'waiting') result.running += 1;
        if (erased.kind !== 'deleted') result.bytes += erased.bytes;
        if (erased.kind !== 'remixing' || erased.foreign.length === 0) return;
        logger.warn(
          { recordingSessionId, files: erased.foreign },
          'files that are not ours stand in a recording somebody was erased from; look into them',
        );
      });
    }
  }

  async #removeSetAside(): Promise<void> {
    const { dataDir, logger } = this.#options;
    const files = await removeSetAside(dataDir);
    if (files.length > 0) logger.warn({ files }, 'damaged databases were removed: nobody can be erased from them');
  }

  async #eraseLog(userId: string): Promise<void> {
    const { logFile, logger } = this.#options;
    if (logFile === null) return;
    logger.flush();
    await eraseFromLogFiles(logFile, userId);
  }

  async #done(
    { id, person, guildId }: ErasureRow,
    { recordings, messages, rows }: { recordings: number; messages: number; rows: number },
  ): Promise<void> {
    const { store, logger } = this.#options;
    await store.erasures.done(id);
    store.actions.record({ kind: 'person_erased', guildId, fields: { person, recordings, messages, rows } });
    logger.info({ erasure: id, person, guildId, recordings, messages, rows }, 'a person was erased');
  }
}
