import type { UnaskedWish } from '../../agent/replies/reply-path.ts';
import type { AgentHost } from '../../agent/session/agent-host.ts';
import type { GuildSettings } from '../../config/guild-settings.ts';
import type { AgentReadiness } from '../../policy/agent-readiness.ts';
import type { AgentRestCause } from '../agent-rest.ts';

/** The provider could not be connected. `diagnostics` says what was tried and answered, without secrets; it goes to the log. */
export class AgentConnectError extends Error {
  readonly diagnostics: Readonly<Record<string, unknown>>;

  constructor(message: string, diagnostics: Readonly<Record<string, unknown>>, cause?: unknown) {
    super(message, { cause });
    this.name = 'AgentConnectError';
    this.diagnostics = diagnostics;
  }
}

/** What an agent is doing. */
export interface AgentState {
  readonly phase: 'joining' | 'awake' | 'resting' | 'quiet' | 'closed';
  /** Why it rests; null: it does not. */
  readonly resting: AgentRestCause | null;
  readonly speaking: boolean;
  /** Its provider does not work, and people were told. */
  readonly silent: boolean;
  /** As people know its provider. */
  readonly vendor: string;
  /** US dollars spent in this session; null: nobody counts. */
  readonly usd: number | null;
}

/**
 * The agent of one session. It exists before it is connected, so that whoever made it can close it whatever becomes of the connection.
 * Disposing closes it, connected or not.
 */
export interface AgentClient extends AsyncDisposable {
  /** Resolves on the provider's own word that it is ready. @throws AgentConnectError; the signal's reason */
  connect(signal: AbortSignal): Promise<void>;
  /** The session lives: it may listen, connected or not. */
  live(): void;
  /** Who is there, or who may be heard, has changed: whoever may not be heard is forgotten at once. */
  peopleChanged(): void;
  /** Somebody decided whether the AI may hear them. */
  consentDecided(userId: string, decision: 'opted_in' | 'opted_out'): void;
  /** The guild's settings are others. */
  settingsChanged(): void;
  /** What it is doing now. */
  readonly state: AgentState;
  /** Wakes it, by command. @returns false: it has spent what it may */
  wake(): boolean;
  /** Sends it to rest, by command. */
  sendToRest(): void;
  /** Says something of its own accord. @returns false: it cannot now */
  say(wish: UnaskedWish): boolean;
  /** Music began or ended: while it plays only those who called the agent lately are heard. */
  music(on: boolean): void;
  /** A moderator lets the bot speak no more, or again: it is silent meanwhile. */
  muted(on: boolean): void;
  /** Falls silent and hears nothing more, before the channel is left. */
  quiet(): Promise<void>;
  /** Tells the agent that it has come into the channel: its first event. A failure costs the greeting only. */
  greet(): Promise<void>;
}

/** What the join needs of the agent; an installation that only records has none. */
export interface AgentConnector {
  /** What stands ready for the agent in this guild; null where none is wanted. @throws when it cannot be told */
  readiness(guildId: string, guildSettings: GuildSettings): Promise<AgentReadiness | null>;
  /** A client that is not connected yet. */
  open(host: AgentHost): AgentClient;
}
