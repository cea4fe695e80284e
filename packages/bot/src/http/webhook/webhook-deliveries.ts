import { stat } from 'node:fs/promises';
import { readMarks, recordingFolder, recordingLayout, type SessionFile } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { SessionCompleted } from '@parley/protocol/api';
import type { Logger } from '../../log.ts';
import { readSessionFile } from '../../recordings/session-files.ts';
import type { JobRow, Store } from '../../store/index.ts';
import type { Background } from '../../vox/background.ts';
import type { Metrics } from '../metrics.ts';
import { PostFailure, postFailureHints } from './post-failure.ts';
import { type PostEnd, postOnce } from './post-once.ts';
import { type Readiness, readinessOf } from './readiness.ts';
import type { ResolveName } from './resolve-target.ts';
import { maxTries, retryAfter } from './retry.ts';
import { deliveryIdOf, describeCompleted } from './session-completed.ts';
import { deliveryHeader, signatureHeader, signatureOf } from './signature.ts';

/** What nobody gives word of is looked at again after this long, milliseconds. */
export const lookAgainMs = 60_000;

export interface WebhookDeliveriesOptions {
  readonly url: URL;
  readonly secret: string;
  readonly allowPrivate: boolean;
  /** Without a slash at its end; null where people reach no page. */
  readonly publicUrl: string | null;
  readonly recordingsDir: string;
  readonly store: Pick<Store, 'jobs'>;
  /** How far the transcript of a recording is, and whether its guild gets transcripts at all. @throws StoreError */
  readonly transcriptOf: (
    recordingSessionId: string,
    guildId: string,
  ) => Promise<{ readonly status: SessionCompleted['recording']['transcript']; readonly isMade: boolean }>;
  readonly resolve: ResolveName;
  /** 0 to 1. */
  readonly random: () => number;
  readonly metrics: Pick<Metrics, 'webhookTries'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
}

/**
 * Tells another program of each finished recording, once. What is to be told stands in the store's jobs from the recording's end on, so that
 * neither a crash nor a restart loses it; what is said is read from the recording's folder at each try. One try at a time.
 */
export class WebhookDeliveries implements AsyncDisposable {
  readonly #options: WebhookDeliveriesOptions;
  readonly #waiting = new Set<string>();
  readonly #timers = new Map<string, Disposable>();
  readonly #stop = new AbortController();
  #running: Promise<void> | null = null;

  constructor(options: WebhookDeliveriesOptions) {
    this.#options = options;
  }

  /** A recording has ended and goes to the mixer. One that is known already stays as it is. @throws StoreError */
  async ended(recordingSessionId: string): Promise<void> {
    const { jobs } = this.#options.store;
    if ((await jobs.get('webhook', recordingSessionId)) === null) await jobs.put('webhook', recordingSessionId);
  }

  /** A recording may have become ready: it was mixed, or transcribed. */
  look(recordingSessionId: string): void {
    this.#timers.get(recordingSessionId)?.[Symbol.dispose]();
    this.#timers.delete(recordingSessionId);
    if (this.#stop.signal.aborted) return;
    this.#waiting.add(recordingSessionId);
    this.#next();
  }

  /** Goes on with what the last run of the supervisor left. @throws StoreError */
  async resume(): Promise<void> {
    for (const { recordingSessionId } of await this.#options.store.jobs.open('webhook')) this.look(recordingSessionId);
  }

  /** Interrupts the try of now; the next start goes on. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#waiting.clear();
    for (const timer of this.#timers.values()) timer[Symbol.dispose]();
    this.#timers.clear();
    await this.#running;
  }

  #next(): void {
    if (this.#running || this.#stop.signal.aborted) return;
    const [recordingSessionId] = this.#waiting;
    if (recordingSessionId === undefined) return;
    this.#waiting.delete(recordingSessionId);
    const done = Promise.withResolvers<void>();
    this.#running = done.promise;
    this.#options.background.run(
      'webhook',
      async () => {
        try {
          await this.#handle(recordingSessionId);
        } catch (error) {
          this.#later(recordingSessionId, lookAgainMs);
          throw error;
        } finally {
          this.#running = null;
          done.resolve();
          this.#next();
        }
      },
      { recordingSessionId },
    );
  }

  #later(recordingSessionId: string, ms: number): void {
    if (this.#stop.signal.aborted) return;
    this.#timers.get(recordingSessionId)?.[Symbol.dispose]();
    this.#timers.set(
      recordingSessionId,
      this.#options.clock.setTimeout(() => this.look(recordingSessionId), ms),
    );
  }

  async #handle(recordingSessionId: string): Promise<void> {
    const { store, clock, recordingsDir } = this.#options;
    const job = await store.jobs.get('webhook', recordingSessionId);
    if (job === null || job.state === 'done' || job.state === 'failed') return;
    const dueMs = job.notBefore - clock.now();
    if (dueMs > 0) {
      this.#later(recordingSessionId, dueMs);
      return;
    }
    const session = await readSessionFile(recordingFolder(recordingsDir, recordingSessionId));
    const { readiness, transcript } = await this.#judge(job, session);
    if (readiness === 'later') this.#later(recordingSessionId, lookAgainMs);
    else if (readiness === 'deleted') await this.#giveUp(job, 'deleted', 'the recording was deleted');
    else if (readiness === 'ready' && session) await this.#try(job, session, transcript);
  }

  async #judge(
    { recordingSessionId, createdAt }: JobRow,
    session: SessionFile | null,
  ): Promise<{ readonly readiness: Readiness; readonly transcript: SessionCompleted['recording']['transcript'] }> {
    const { recordingsDir, transcriptOf, clock } = this.#options;
    const folder = recordingFolder(recordingsDir, recordingSessionId);
    const transcript = session ? await transcriptOf(recordingSessionId, session.guildId) : null;
    const status = transcript?.status ?? 'none';
    const readiness = readinessOf({
      status: session?.status ?? null,
      folderExists: session !== null || (await exists(folder)),
      erasures: session ? (await readMarks(recordingLayout(folder))).length : 0,
      transcript: status,
      transcribes: transcript?.isMade ?? false,
      waitedMs: clock.now() - createdAt,
    });
    return { readiness, transcript: status };
  }

  async #try(
    job: JobRow,
    session: SessionFile,
    transcript: SessionCompleted['recording']['transcript'],
  ): Promise<void> {
    const { store, url, secret, allowPrivate, resolve, clock, publicUrl } = this.#options;
    const { recordingSessionId } = job;
    // Counted before it is made: one that kills the supervisor is not made forever.
    await store.jobs.update('webhook', recordingSessionId, { state: 'running', attempt: true });
    const counted = { ...job, attempts: job.attempts + 1 };
    const event = describeCompleted(session, { at: job.createdAt, transcript, publicUrl });
    if (event === null) {
      const failure = new PostFailure('unreadable', 'session.json does not say what the event holds');
      await this.#settle(counted, { kind: 'failed', failure });
      return;
    }
    const body = JSON.stringify(event);
    const end = await postOnce({
      ...{ url, body, allowPrivate, resolve, clock, signal: this.#stop.signal },
      headers: {
        [signatureHeader]: signatureOf(secret, clock.now(), body),
        [deliveryHeader]: deliveryIdOf(recordingSessionId),
      },
    });
    await this.#settle(counted, end);
  }

  async #settle(job: JobRow, end: PostEnd): Promise<void> {
    const { store, metrics, logger, clock, random, url } = this.#options;
    const { recordingSessionId, attempts } = job;
    switch (end.kind) {
      case 'delivered':
        metrics.webhookTries.inc({ outcome: 'delivered', reason: 'none' });
        logger.info({ recordingSessionId, attempts, status: end.status }, 'webhook delivered');
        await store.jobs.update('webhook', recordingSessionId, { state: 'done', lastError: null });
        return;
      case 'interrupted':
        await store.jobs.update('webhook', recordingSessionId, { state: 'queued' });
        return;
      case 'gone':
        await this.#giveUp(job, 'gone', 'the receiver answered 410: it wants no more of it');
        return;
      case 'failed': {
        const { code, message } = end.failure;
        const waitMs = retryAfter(attempts, random());
        if (waitMs === null) {
          await this.#giveUp(job, code, message);
          return;
        }
        metrics.webhookTries.inc({ outcome: 'failed', reason: code });
        const about = { recordingSessionId, attempts, code, reason: message, host: url.host, retryMs: waitMs };
        logger.warn({ ...about, hint: postFailureHints[code] }, 'the webhook failed; it is tried again');
        const notBefore = clock.now() + waitMs;
        const lastError = `${code}: ${message}`;
        await store.jobs.update('webhook', recordingSessionId, { state: 'queued', notBefore, lastError });
        this.#later(recordingSessionId, waitMs);
      }
    }
  }

  async #giveUp({ recordingSessionId, attempts }: JobRow, code: string, reason: string): Promise<void> {
    const { store, metrics, logger, url } = this.#options;
    metrics.webhookTries.inc({ outcome: 'given_up', reason: code });
    const about = { recordingSessionId, attempts, maxTries, code, reason, host: url.host };
    if (code === 'deleted') logger.info(about, 'a recording was deleted before the webhook was told of it');
    else logger.error(about, 'the webhook was given up for a recording');
    await store.jobs.update('webhook', recordingSessionId, { state: 'failed', lastError: `${code}: ${reason}` });
  }
}

const exists = (folder: string): Promise<boolean> =>
  stat(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
