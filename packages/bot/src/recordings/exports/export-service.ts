import type { Clock } from '@parley/protocol';
import type { GuildSettings } from '../../config/guild-settings.ts';
import { ThrottledMessage } from '../../discord/throttled-message.ts';
import type { Logger } from '../../log.ts';
import type { UserMessage } from '../../notify/index.ts';
import type { Background } from '../../vox/background.ts';
import { type DeliverExportOptions, deliverExport, type ExportRung } from './deliver-export.ts';
import type { ExportFiles, ExportPlace } from './export-files.ts';
import type { ExportJob } from './export-job.ts';
import { type Enqueued, ExportQueue } from './export-queue.ts';
import type { ExportEnd, RunExport } from './run-export.ts';

/** Progress is shown once an export takes longer than this, milliseconds. */
const quietMs = 5000;
/** People who opt out, or are erased, while it is made: it is made again so often. */
const attempts = 3;

export interface ExportServiceOptions {
  readonly run: RunExport;
  readonly files: ExportFiles;
  readonly delivery: DeliverExportOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  readonly deliverTo: (guildId: string) => Promise<GuildSettings['deliver']>;
  /** Of these people, who does not consent to being recorded in the guild by now. @throws when that cannot be known */
  readonly withoutConsent: (guildId: string, folder: string) => Promise<ReadonlySet<string>>;
  /** Told what became of each job. */
  readonly onEnd: (job: ExportJob, outcome: ExportRung | 'failed' | 'interrupted') => void;
}

/** Exports and clips on demand: queued, made by a child, delivered, removed. What people are told of it goes to the channel. */
export class ExportService implements AsyncDisposable {
  #options: ExportServiceOptions;
  #queue = new ExportQueue();

  constructor(options: ExportServiceOptions) {
    this.#options = options;
  }

  /** Takes a job; nothing waits for it. */
  request(job: ExportJob): Enqueued {
    return this.#queue.enqueue(job.guildId, (signal) => this.#work(job, signal));
  }

  /** Interrupts what runs; who asked is told. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#queue[Symbol.asyncDispose]();
  }

  /** Never rejects. */
  async #work(job: ExportJob, signal: AbortSignal): Promise<void> {
    const { logger, onEnd } = this.#options;
    const { recordingSessionId, guildId, requestedByUserId, kind, format } = job;
    const bindings = { recordingSessionId, guildId, userId: requestedByUserId, kind, format };
    try {
      const outcome = await this.#export(job, signal);
      logger.info({ ...bindings, outcome }, 'export ended');
      onEnd(job, outcome);
    } catch (error) {
      logger.error({ ...bindings, err: error }, 'an export failed');
      onEnd(job, 'failed');
      this.#tell(job, { kind: 'export_failed', details: { kind, code: 'broken' } });
    }
  }

  async #export(job: ExportJob, signal: AbortSignal): Promise<ExportRung | 'failed' | 'interrupted'> {
    const { files, delivery, logger, deliverTo } = this.#options;
    const { kind, guildId, recordingSessionId } = job;
    const place = await files.place(job);
    let keep = false;
    try {
      const readAt = delivery.now();
      const end = await this.#make(job, place, signal);
      if (end.kind === 'interrupted') {
        this.#tell(job, { kind: 'export_failed', details: { kind, code: 'aborted' } });
        return 'interrupted';
      }
      if (end.kind === 'failed') {
        logger.warn({ recordingSessionId, code: end.code, reason: end.error }, 'no export could be made');
        this.#tell(job, { kind: 'export_failed', details: { kind, code: end.code } });
        return 'failed';
      }
      const settled = await deliverTo(guildId);
      // A clip answers in the channel it was asked for in, unless the guild wants nothing delivered.
      const to = kind === 'clip' && settled !== 'none' ? 'channel' : settled;
      const rung = await deliverExport(delivery, job, { file: end, place, readAt }, to);
      keep = rung !== 'attach';
      return rung;
    } finally {
      if (!keep) await files.remove(place);
    }
  }

  /** Makes it, and shows how far it is. */
  async #make(job: ExportJob, place: ExportPlace, signal: AbortSignal): Promise<ExportEnd> {
    using progress = this.#progressOf(job);
    const end = await this.#attempt(job, place, progress.at, signal);
    if (end.kind === 'done') await progress.finish();
    return end;
  }

  /** Makes it, and again when somebody in it withdrew meanwhile. */
  async #attempt(
    job: ExportJob,
    place: ExportPlace,
    onProgress: (fraction: number) => void,
    signal: AbortSignal,
  ): Promise<ExportEnd> {
    const { run, withoutConsent } = this.#options;
    const { guildId, folder } = job;
    const isClip = job.kind === 'clip';
    for (let left = attempts; left > 0; left -= 1) {
      const without = isClip ? [...(await withoutConsent(guildId, folder))] : [];
      const end = await run(job, place.path, without, onProgress, signal);
      if (end.kind === 'failed' && end.code === 'erased_meanwhile') continue;
      if (end.kind !== 'done' || !isClip) return end;
      const withdrawn = await withoutConsent(guildId, folder);
      if (!end.people.some((userId) => withdrawn.has(userId))) return end;
    }
    return { kind: 'failed', code: 'erased_meanwhile', error: `somebody in it withdrew, ${attempts} times in a row` };
  }

  /** A message that follows a long export, from its fifth second on. */
  #progressOf(job: ExportJob): Disposable & { at(fraction: number): void; finish(): Promise<void> } {
    const { clock, background, delivery, logger } = this.#options;
    const message = new ThrottledMessage({
      clock,
      background,
      post: (first) => delivery.discord.post(job.textChannelId, first),
    });
    const beganUs = clock.monotonicUs();
    let shown = false;
    return {
      at: (fraction) => {
        if (clock.monotonicUs() - beganUs < quietMs * 1000) return;
        shown = true;
        message.show({ kind: 'export_progress', details: { kind: job.kind, fraction } });
      },
      finish: async () => {
        if (!shown) return;
        await message
          .finish({ kind: 'export_progress', details: { kind: job.kind, fraction: 1 } })
          .catch((error: unknown) => logger.warn({ err: error }, 'progress could not be shown'));
      },
      [Symbol.dispose]: () => message[Symbol.dispose](),
    };
  }

  #tell(job: ExportJob, message: UserMessage): void {
    const { delivery, background } = this.#options;
    background.run('export message', () => delivery.discord.post(job.textChannelId, message));
  }
}
