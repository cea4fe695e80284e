import type { Clock } from '@parley/protocol';
import { ThrottledMessage } from '../../discord/throttled-message.ts';
import type { Logger } from '../../log.ts';
import { shouldSend, type UserMessage } from '../../notify/index.ts';
import type { DiscordPort } from '../../session/discord-port.ts';
import type { RecordingRow, Store } from '../../store/index.ts';
import type { Background } from '../../vox/background.ts';
import type { TranscriptionNews } from './transcription-service.ts';

/** Progress of what nobody asked for is shown once it takes longer than this, milliseconds. */
const quietMs = 10_000;

export interface TranscriptionTellerOptions {
  readonly discord: Pick<DiscordPort, 'post'>;
  readonly store: Pick<Store, 'guildSettings'>;
  readonly prefix: string;
  /** A recording's page; null: there are none. */
  readonly pageOf: (recordingSessionId: string) => string | null;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
}

interface Shown {
  readonly recordingSessionId: string;
  readonly beganUs: number;
  readonly message: ThrottledMessage;
  isShown: boolean;
}

/** Tells a recording's channel what becomes of its transcript: one message that follows it. */
export class TranscriptionTeller implements Disposable {
  readonly #options: TranscriptionTellerOptions;
  #shown: Shown | null = null;

  constructor(options: TranscriptionTellerOptions) {
    this.#options = options;
  }

  tell(row: RecordingRow, news: TranscriptionNews): void {
    const { background, logger } = this.#options;
    const { recordingSessionId } = row;
    if (row.textChannelId === null) return;
    background.run('transcript message', async () => {
      try {
        await this.#say(row, row.textChannelId ?? '', news);
      } catch (error) {
        logger.warn({ err: error, recordingSessionId, kind: news.kind }, 'could not be told');
      }
    });
  }

  [Symbol.dispose](): void {
    this.#shown?.message[Symbol.dispose]();
    this.#shown = null;
  }

  async #say(row: RecordingRow, channelId: string, news: TranscriptionNews): Promise<void> {
    const { store, discord, clock } = this.#options;
    const message = this.#messageOf(row.recordingSessionId, news);
    if (!shouldSend(message, (await store.guildSettings.get(row.guildId)).verbosity)) return;
    const shown = this.#follow(row.recordingSessionId, channelId);
    if (news.kind === 'progress') {
      const isQuiet = !news.atOnce && clock.monotonicUs() - shown.beganUs < quietMs * 1000;
      if (isQuiet) return;
      shown.isShown = true;
      shown.message.show(message);
      return;
    }
    this.#shown = null;
    if (shown.isShown) await shown.message.finish(message);
    else await discord.post(channelId, message);
  }

  #follow(recordingSessionId: string, channelId: string): Shown {
    if (this.#shown?.recordingSessionId === recordingSessionId) return this.#shown;
    this[Symbol.dispose]();
    const { clock, background, discord } = this.#options;
    const message = new ThrottledMessage({ clock, background, post: (first) => discord.post(channelId, first) });
    this.#shown = { recordingSessionId, beganUs: clock.monotonicUs(), message, isShown: false };
    return this.#shown;
  }

  #messageOf(recordingSessionId: string, news: TranscriptionNews): UserMessage {
    const { prefix, pageOf } = this.#options;
    switch (news.kind) {
      case 'progress':
        return { kind: 'transcript_progress', details: { fraction: news.fraction } };
      case 'ready': {
        const { segments, bound } = news;
        return { kind: 'transcript_ready', details: { segments, bound, prefix, link: pageOf(recordingSessionId) } };
      }
      case 'failed':
        return { kind: 'transcript_failed', details: { code: news.code, again: news.again, prefix } };
    }
  }
}
