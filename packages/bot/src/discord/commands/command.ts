import type { Settings } from '../../config/settings-schema.ts';
import type { UserMessage } from '../../notify/index.ts';
import type { ConsentService } from '../../session/consent-service.ts';
import type { JoinCoordinator } from '../../session/join-coordinator.ts';

/** What handlers may use. */
export interface CommandServices {
  readonly settings: Settings;
  readonly coordinator: JoinCoordinator;
  readonly consents: ConsentService;
}

/** One command as somebody gave it, whatever the way: slash, text, mention. */
export interface Invocation {
  readonly via: 'slash' | 'text' | 'mention';
  readonly guildId: string;
  readonly textChannelId: string;
  readonly userId: string;
  /** `everywhere` of optout and optin. */
  readonly everywhere: boolean;
}

/** A command: its name and words for `help` and for Discord's own list, and what it does. The returned message is the answer. */
export interface Command {
  readonly name: string;
  readonly says: string;
  /** The answer concerns this person only: ephemeral, or behind a button for them. */
  readonly personal: boolean;
  /** Whether `everywhere` may be given. */
  readonly scoped: boolean;
  /** null: nothing to answer, the channel shows it already. */
  run(invocation: Invocation, services: CommandServices): Promise<UserMessage | null>;
}
