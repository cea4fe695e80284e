import type { Verbosity } from '../config/guild-settings.ts';
import { shouldSend, type UserMessage } from '../notify/index.ts';
import type { SentMessage } from './discord-port.ts';
import type { SessionServices } from './session-services.ts';

export interface AnnouncerOptions {
  readonly services: Pick<SessionServices, 'discord' | 'background' | 'metrics' | 'logger'>;
  readonly guildId: string;
  readonly textChannelId: string;
  readonly verbosity: Verbosity;
}

/** A session's voice in its text channel. */
export class Announcer {
  #options: AnnouncerOptions;

  constructor(options: AnnouncerOptions) {
    this.#options = options;
  }

  /** Says it if the guild wants to hear such things. Nobody waits; a failure is logged. */
  say(message: UserMessage): void {
    const { verbosity, guildId, services } = this.#options;
    if (!shouldSend(message, verbosity)) {
      services.metrics.messages.inc({ kind: message.kind, fate: 'suppressed' });
      return;
    }
    services.background.run('message', () => this.post(message), { guildId, kind: message.kind });
  }

  /** Posts it in any case. @throws what Discord answers. */
  async post(message: UserMessage): Promise<SentMessage> {
    const { services, textChannelId } = this.#options;
    try {
      const sent = await services.discord.post(textChannelId, message);
      services.metrics.messages.inc({ kind: message.kind, fate: 'sent' });
      return sent;
    } catch (error) {
      services.metrics.messages.inc({ kind: message.kind, fate: 'failed' });
      throw error;
    }
  }
}
