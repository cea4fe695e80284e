import type { Verbosity } from '../config/guild-settings.ts';
import { type MessageDetails, shouldSend, type UserMessage } from '../notify/index.ts';
import type { SentMessage } from './discord-port.ts';
import { RecentEvents } from './recent-events.ts';
import type { SessionServices } from './session-services.ts';

export interface AnnouncerOptions {
  readonly services: Pick<SessionServices, 'clock' | 'discord' | 'background' | 'metrics' | 'logger'>;
  readonly guildId: string;
  readonly textChannelId: string;
  /** As it is now: it changes while a session lives. */
  readonly verbosity: () => Verbosity;
}

/** The notice that a recording runs, as it stands in the channel. */
export interface StandingNotice {
  readonly sent: SentMessage;
  readonly details: MessageDetails['recording_notice'];
}

/** A session's voice in its text channel. */
export class Announcer {
  /** What happened lately, said aloud or not. */
  readonly recent: RecentEvents;
  #options: AnnouncerOptions;
  #textChannelId: string;
  #notice: StandingNotice | null = null;
  #held = 0;
  #onNotice: ((notice: StandingNotice) => void) | null = null;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
    this.#textChannelId = options.textChannelId;
    this.recent = new RecentEvents(options.services.clock);
  }

  /** Where it speaks now. */
  get textChannelId(): string {
    return this.#textChannelId;
  }

  /** Speaks in another text channel from now on; what stands in the old one stays there. */
  moveTo(textChannelId: string): void {
    this.#textChannelId = textChannelId;
  }

  /** The latest notice; null before the first. */
  get notice(): StandingNotice | null {
    return this.#notice;
  }

  /** Whether the notice tells of a recording that is about to begin, so that what else there is to say of it would be wrong. */
  get isNoticeHeld(): boolean {
    return this.#held > 0;
  }

  /** Has the notice stay as it was posted until disposed. */
  holdNotice(): Disposable {
    this.#held += 1;
    return {
      [Symbol.dispose]: () => {
        this.#held -= 1;
        this.changed();
      },
    };
  }

  /** Tells `listener` of each notice that follows; one listener at a time. It must not throw. */
  followNotices(listener: (notice: StandingNotice) => void): Disposable {
    this.#onNotice = listener;
    return {
      [Symbol.dispose]: () => {
        if (this.#onNotice === listener) this.#onNotice = null;
      },
    };
  }

  /** What the panel shows has changed. */
  changed(): void {
    this.recent.touch();
  }

  /** Notes what somebody else says, or nobody: it is seen on the panel. */
  happened(message: UserMessage): void {
    this.recent.add(message);
  }

  /** Says it if the guild wants to hear such things. Nobody waits; a failure is logged. `onSent`, told when it stands there, must not throw. */
  say(message: UserMessage, onSent: (sent: SentMessage) => void = () => undefined): void {
    const { verbosity, guildId, services } = this.#options;
    // What is said to one person is no news for the panel: that they came stands there.
    if (message.kind !== 'late_joiner_notice') this.recent.add(message);
    if (!shouldSend(message, verbosity())) {
      services.metrics.messages.inc({ kind: message.kind, fate: 'suppressed' });
      return;
    }
    services.background.run('message', async () => onSent(await this.post(message)), { guildId, kind: message.kind });
  }

  /**
   * Posts what must be said. Where the text channel does not take it, the chat of the voice channel may, and is kept to from then on.
   * @throws what Discord answered first, when neither does.
   */
  async postHereOr(voiceChannelId: string, message: UserMessage): Promise<void> {
    try {
      await this.post(message);
    } catch (error) {
      const { services, guildId } = this.#options;
      services.logger.warn(
        { err: error, guildId },
        'the text channel takes no messages; trying the voice channel’s chat',
      );
      const before = this.#textChannelId;
      this.#textChannelId = voiceChannelId;
      try {
        await this.post(message);
      } catch {
        this.#textChannelId = before;
        throw error;
      }
    }
  }

  /** Posts it in any case. @throws what Discord answers. */
  async post(message: UserMessage): Promise<SentMessage> {
    const { services } = this.#options;
    try {
      const sent = await services.discord.post(this.#textChannelId, message);
      services.metrics.messages.inc({ kind: message.kind, fate: 'sent' });
      if (message.kind === 'recording_notice') {
        this.#notice = { sent, details: message.details };
        this.#onNotice?.(this.#notice);
      }
      return sent;
    } catch (error) {
      services.metrics.messages.inc({ kind: message.kind, fate: 'failed' });
      throw error;
    }
  }
}
