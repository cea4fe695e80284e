import type {
  ContextItem,
  ProviderCapabilities,
  ProviderConfig,
  ProviderId,
  ToolDefinition,
} from '../realtime-provider.ts';
import type { JsonObject } from '../socket/json.ts';
import type { ServerKind } from './server-kind.ts';

/** A response as it is asked for; `instructions` are all of them, the session's among them. */
export interface DialectResponse {
  readonly requestId: string;
  readonly instructions: string | null;
  readonly modality: 'audio' | 'text';
  readonly withoutTools: boolean;
}

/** What a provider says of the audio of a session; null: it does not say. */
export interface SessionAudio {
  readonly inputRate: number | null;
  readonly outputRate: number | null;
  /** A format that is no pcm16. */
  readonly oddFormat: string | null;
}

/** How one vendor writes what OpenAI's Realtime API and its relatives have in common. */
export interface Dialect {
  readonly id: ProviderId;
  /** As people call it, for messages. */
  readonly name: string;
  readonly capabilities: ProviderCapabilities & { readonly inputRate: number };
  readonly kinds: Readonly<Record<string, ServerKind>>;
  /** The configuration; the provider's answer to it makes the socket ready. */
  configure(config: ProviderConfig): JsonObject;
  updateInstructions(instructions: string): JsonObject;
  updateTools(tools: readonly ToolDefinition[]): JsonObject;
  item(item: ContextItem): JsonObject;
  respond(response: DialectResponse): JsonObject;
  cancel(responseId: string | null): JsonObject;
  /** What the ready event says of the audio. */
  audioOf(session: JsonObject): SessionAudio;
}
