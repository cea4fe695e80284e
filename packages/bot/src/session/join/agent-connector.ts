import type { GuildSettings } from '../../config/guild-settings.ts';
import type { AgentReadiness } from '../../policy/agent-readiness.ts';
import type { SessionInfo } from '../session-services.ts';

/** The provider could not be connected. `diagnostics` says what was tried and answered, without secrets; it goes to the log. */
export class AgentConnectError extends Error {
  readonly diagnostics: Readonly<Record<string, unknown>>;

  constructor(message: string, diagnostics: Readonly<Record<string, unknown>>, cause?: unknown) {
    super(message, { cause });
    this.name = 'AgentConnectError';
    this.diagnostics = diagnostics;
  }
}

/**
 * The agent of one session. It exists before it is connected, so that whoever made it can close it whatever becomes of the connection.
 * Disposing closes it, connected or not.
 */
export interface AgentClient extends AsyncDisposable {
  /** Resolves on the provider's own word that it is ready. @throws AgentConnectError; the signal's reason */
  connect(signal: AbortSignal): Promise<void>;
  /** Tells the agent that it has come into the channel: its first event. A failure costs the greeting only. */
  greet(): Promise<void>;
}

/** What the join needs of the agent; an installation that only records has none. */
export interface AgentConnector {
  /** What stands ready for the agent in this guild; null where none is wanted. @throws when it cannot be told */
  readiness(guildId: string, guildSettings: GuildSettings): Promise<AgentReadiness | null>;
  /** A client that is not connected yet. */
  open(info: SessionInfo): AgentClient;
}
