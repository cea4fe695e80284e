import { readMarks, recordingLayout } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { Metrics } from '../http/metrics.ts';
import type { Logger } from '../log.ts';
import { shouldSend, type UserMessage } from '../notify/index.ts';
import type { DiscordPort, SentMessage } from '../session/discord-port.ts';
import type { Store } from '../store/index.ts';
import type { Background } from '../vox/background.ts';
import { type DeliveryOptions, deliver } from './delivery.ts';
import type { MuxJob } from './mux-job.ts';
import type { MuxListener } from './mux-queue.ts';
import type { MuxEnd, MuxProgress } from './run-mux.ts';
import { readSessionFile } from './session-files.ts';

/** Milliseconds between two edits of one message. */
export const editIntervalMs = 5000;

export interface MuxReporterOptions {
  readonly delivery: DeliveryOptions;
  readonly discord: Pick<DiscordPort, 'post'>;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  /** Whether recordings have pages. */
  readonly hasPages: boolean;
  /** Told when a recording has been mixed, before it is delivered. */
  readonly onMixed: (recordingSessionId: string) => void;
}

interface Shown {
  readonly recordingSessionId: string;
  lastUs: number;
  message: SentMessage | null;
  busy: boolean;
}

/** Tells what becomes of a recording after the session: progress and result to the channel, store and metrics; then delivers it. */
export class MuxReporter implements MuxListener {
  #options: MuxReporterOptions;
  #shown: Shown | null = null;

  constructor(options: MuxReporterOptions) {
    this.#options = options;
  }

  progress(job: MuxJob, progress: MuxProgress): void {
    const { clock, logger, background } = this.#options;
    const nowUs = clock.monotonicUs();
    let shown = this.#shown;
    if (shown?.recordingSessionId !== job.recordingSessionId) {
      shown = { recordingSessionId: job.recordingSessionId, lastUs: nowUs, message: null, busy: false };
      this.#shown = shown;
    }
    if (shown.busy || nowUs - shown.lastUs < editIntervalMs * 1000) return;
    shown.lastUs = nowUs;
    logger.info({ recordingSessionId: job.recordingSessionId, ...progress }, 'mux progress');
    const current = shown;
    current.busy = true;
    background.run('mux progress', async () => {
      try {
        await this.#show(job, current, { kind: 'mux_progress', details: progress });
      } finally {
        current.busy = false;
      }
    });
  }

  async finished(job: MuxJob, { status }: Extract<MuxEnd, { kind: 'done' }>, ms: number): Promise<void> {
    const { store, metrics, logger } = this.#options;
    const { recordingSessionId, folder, guildId } = job;
    const session = await readSessionFile(folder);
    metrics.muxJobs.inc({ status });
    const durationMs = session?.durationMs ?? 0;
    if (ms > 0 && durationMs > 0) metrics.muxSpeed.observe(durationMs / ms);
    store.recordings.updated(recordingSessionId, {
      status,
      outputFile: session?.outputFile ?? null,
      error: session?.error ?? null,
      ...(session?.durationMs == null ? {} : { durationMs: session.durationMs }),
    });
    store.actions.record({ kind: 'recording_mux', guildId, fields: { recordingSessionId, status, ms } });
    if (!session) {
      logger.error({ recordingSessionId }, 'session.json cannot be read after the mux');
      return;
    }
    const shown = this.#shown?.recordingSessionId === recordingSessionId ? this.#shown : null;
    this.#shown = null;
    const isUsable = status === 'completed' || status === 'partial';
    const again = await this.#wasDelivered(recordingSessionId);
    if (!again || status === 'failed')
      await this.#show(job, shown, resultOf(job, status, session, this.#options.hasPages));
    this.#options.onMixed(recordingSessionId);
    if (!isUsable || (again && !(await this.#isWanted(job)))) return;
    await this.#remember(job, 'queued');
    await this.deliver(job);
  }

  async gaveUp(job: MuxJob, error: string): Promise<void> {
    this.#options.metrics.muxJobs.inc({ status: 'broken' });
    const { recordingSessionId } = job;
    await this.#show(job, null, { kind: 'mux_failed', details: { error, recordingSessionId } });
  }

  /** Delivers a finished recording; also one whose delivery a former supervisor did not get to. */
  async deliver(job: MuxJob): Promise<void> {
    const { delivery, store, logger } = this.#options;
    const session = await readSessionFile(job.folder);
    if (!session) return;
    // Somebody is being erased from it: who ends that delivers it.
    if (session.status === 'muxing' || (await readMarks(recordingLayout(job.folder))).length > 0) return;
    const guildSettings = await store.guildSettings.get(job.guildId);
    const rung = await deliver(delivery, job, session, guildSettings);
    await this.#remember(job, 'done');
    logger.info({ recordingSessionId: job.recordingSessionId, rung }, 'recording delivered');
    store.actions.record({
      kind: 'recording_delivered',
      guildId: job.guildId,
      fields: { recordingSessionId: job.recordingSessionId, rung: rung ?? 'none' },
    });
  }

  async #wasDelivered(recordingSessionId: string): Promise<boolean> {
    const { store, logger } = this.#options;
    try {
      return (await store.jobs.get('deliver', recordingSessionId))?.state === 'done';
    } catch (error) {
      logger.warn({ err: error, recordingSessionId }, 'whether a recording was delivered cannot be read');
      return false;
    }
  }

  /** A recording that is mixed anew is handed over again where the first mix had to be taken back; people are told why. */
  async #isWanted(job: MuxJob): Promise<boolean> {
    const { deliveries } = this.#options.store;
    const { recordingSessionId } = job;
    if (!(await deliveries.wasTakenBack(recordingSessionId))) return false;
    if ((await deliveries.of(recordingSessionId)).some(({ kind }) => kind === 'mix')) return false;
    await this.#show(job, null, { kind: 'remixed', details: {} });
    return true;
  }

  async #remember({ recordingSessionId }: MuxJob, state: 'queued' | 'done'): Promise<void> {
    const { jobs } = this.#options.store;
    const kept =
      state === 'queued'
        ? jobs.put('deliver', recordingSessionId)
        : jobs.update('deliver', recordingSessionId, { state });
    await kept.catch((error: unknown) =>
      this.#options.logger.warn({ err: error, recordingSessionId }, 'the delivery could not be noted'),
    );
  }

  /** Posts, or edits what was posted before; a guild that does not want to hear it does not. */
  async #show(job: MuxJob, shown: Shown | null, message: UserMessage): Promise<void> {
    const { store, discord, logger } = this.#options;
    if (job.textChannelId === null) return;
    try {
      const { verbosity } = await store.guildSettings.get(job.guildId);
      if (shown?.message) await shown.message.edit(message);
      else if (shouldSend(message, verbosity)) {
        const sent = await discord.post(job.textChannelId, message);
        if (shown) shown.message = sent;
      }
    } catch (error) {
      logger.warn({ err: error, recordingSessionId: job.recordingSessionId, kind: message.kind }, 'could not be told');
    }
  }
}

const resultOf = (
  { recordingSessionId }: MuxJob,
  status: Extract<MuxEnd, { kind: 'done' }>['status'],
  session: NonNullable<Awaited<ReturnType<typeof readSessionFile>>>,
  hasPages: boolean,
): UserMessage => {
  const durationMs = session.durationMs ?? 0;
  switch (status) {
    case 'completed':
    case 'partial':
      return {
        kind: 'mux_finished',
        details: {
          status,
          durationMs,
          speakers: session.participants.filter(({ speechMs }) => speechMs > 0).length,
          holes: session.holes.length,
          skipped: session.skipped.length,
          received: session.quality.received,
          lost: session.quality.lost,
          page: hasPages ? recordingSessionId : null,
        },
      };
    case 'empty':
      return { kind: 'mux_empty', details: { durationMs } };
    case 'failed':
      return { kind: 'mux_failed', details: { error: session.error ?? 'no reason was given', recordingSessionId } };
  }
};
