import type { Tool } from '../../agent/tools/tool.ts';
import type { AgentTurns } from './agent-turns.ts';

/** The memory of a session as its agent uses it. */
export interface AgentMemory {
  /** Nothing may be kept of this session now. */
  readonly isIncognito: boolean;
  /** To be told of every turn of one agent; disposed with it. */
  openTurns(): AgentTurns;
  /** What the instructions say of it now; empty: nothing. */
  readonly context: string;
  readonly tools: readonly Tool[];
  /** Follows changes: `context` of what the instructions say, `thread` of the conversation, which then begins anew. */
  follow(on: { context(): void; thread(): void }): Disposable;
}
