import type { Clock } from '@parley/protocol';
import type { GuildSettings } from '../../config/guild-settings.ts';
import { ThrottledMessage } from '../../discord/throttled-message.ts';
import type { Logger } from '../../log.ts';
import type { UserMessage } from '../../notify/index.ts';
import type { Background } from '../../vox/background.ts';
import { type DeliverExportOptions, deliverExport } from './deliver-export.ts';
import type { ExportJob } from './export-job.ts';
import type { ExportMaker, ExportOutcome, ExportTaker, MadeExport } from './export-maker.ts';
import type { Enqueued } from './export-queue.ts';

/** Progress is shown once an export takes longer than this, milliseconds. */
const quietMs = 5000;

export interface ExportServiceOptions {
  readonly maker: Pick<ExportMaker, 'request'>;
  readonly delivery: DeliverExportOptions;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
  readonly deliverTo: (guildId: string) => Promise<GuildSettings['deliver']>;
}

/** Exports and clips asked for in Discord: delivered there, and what people are told of them goes to the channel. */
export class ExportService {
  #options: ExportServiceOptions;

  constructor(options: ExportServiceOptions) {
    this.#options = options;
  }

  /** Takes a job; nothing waits for it. */
  request(job: ExportJob): Enqueued {
    const { kind } = job;
    const progress = this.#progressOf(job);
    const taker: ExportTaker = {
      at: (fraction) => progress.at(fraction),
      take: async (made) => {
        using _ended = progress;
        if (made.end.kind === 'done') await progress.finish();
        return await this.#take(job, made);
      },
      broke: () => {
        progress[Symbol.dispose]();
        this.#tell(job, { kind: 'export_failed', details: { kind, code: 'broken' } });
      },
    };
    return this.#options.maker.request(job, taker);
  }

  async #take(job: ExportJob, { end, place, readAt }: MadeExport): Promise<ExportOutcome> {
    const { delivery, deliverTo } = this.#options;
    const { kind, guildId } = job;
    switch (end.kind) {
      case 'interrupted':
        this.#tell(job, { kind: 'export_failed', details: { kind, code: 'aborted' } });
        return 'interrupted';
      case 'failed':
        this.#tell(job, { kind: 'export_failed', details: { kind, code: end.code } });
        return 'failed';
      case 'done': {
        const settled = await deliverTo(guildId);
        // A clip answers in the channel it was asked for in, unless the guild wants nothing delivered.
        const to = kind === 'clip' && settled !== 'none' ? 'channel' : settled;
        return await deliverExport(delivery, job, { file: end, place, readAt }, to);
      }
    }
  }

  /** A message that follows a long export, from its fifth second on. */
  #progressOf(job: ExportJob): Disposable & { at(fraction: number): void; finish(): Promise<void> } {
    const { clock, background, delivery, logger } = this.#options;
    const message = new ThrottledMessage({
      clock,
      background,
      post: (first) => delivery.discord.post(job.textChannelId, first),
    });
    let beganUs: number | null = null;
    let shown = false;
    return {
      at: (fraction) => {
        beganUs ??= clock.monotonicUs();
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
