import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { AgentMemory } from '../../memory/session/agent-memory.ts';
import type { AgentRestLimits } from '../../session/agent-rest.ts';
import type { ConsentBook } from '../../session/people/consent-book.ts';
import type { ContextKeeper } from '../context/context-keeper.ts';
import type { Conversation } from '../context/conversation.ts';
import type { Hearing } from '../hearing/hearing.ts';
import type { WordsSource } from '../hearing/words/words-source.ts';
import type { AgentLogSink } from '../observe/agent-log.ts';
import type { TurnTraces } from '../observe/turn-traces.ts';
import type { CloseCode, ProviderEvent } from '../provider/provider-event.ts';
import type { ReplyPath, ReplyWatcher, UnaskedWish } from '../replies/reply-path.ts';
import type { Speaker } from '../speaking/speaker.ts';
import type { FloorConfig, FloorEvent, WordSource } from '../turns/index.ts';
import type { AgentBudget, BudgetRefusal } from './agent-budget.ts';
import type { AgentHost } from './agent-host.ts';
import type { AgentRoom } from './agent-room.ts';
import type { ProviderLink } from './provider-link.ts';
import type { ToolHost } from './tool-host.ts';

/** What the parts of an agent tell whoever holds them together. None of it may throw. */
export interface AgentWiring {
  heard(event: FloorEvent): void;
  provider(event: ProviderEvent): void;
  linkReady(): void;
  linkFailed(code: CloseCode, error: unknown): void;
  readonly replies: ReplyWatcher;
  /** Something was paid for; a limit may be reached by it. */
  spent(refusal: BudgetRefusal | null): void;
}

/** Everything one session's agent is made of, by the settings of its guild. */
export interface AgentParts {
  readonly host: AgentHost;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: AgentRestLimits;
  /** The model has told what it understood of so much speech, which may be paid for besides. */
  readonly understoodFor: (userId: string, audioMs: number) => void;
  /** As people know the provider. */
  readonly vendor: string;
  /** The provider is gone: whoever made the agent may have another one take over. Must not throw. */
  readonly gone: () => void;
  readonly room: AgentRoom;
  readonly consents: Pick<ConsentBook, 'decide' | 'restrict' | 'allow'>;
  readonly loadConsents: () => Promise<boolean>;
  /** Who tells words before it is decided whom something was for. */
  readonly words: WordSource;
  readonly hearing: Hearing;
  /** Who makes text of what is said for the model; null: it hears. */
  readonly recognizer: WordsSource | null;
  readonly speaker: Speaker;
  readonly replies: ReplyPath;
  readonly link: ProviderLink;
  /** Whether it is needed at all: a text model may speak through another API. */
  readonly needsLink: boolean;
  readonly tools: ToolHost | null;
  readonly budget: AgentBudget | null;
  readonly conversation: Conversation;
  readonly context: ContextKeeper;
  /** Tells the model what has changed in the room, where a conversation is open. */
  readonly refresh: () => void;
  readonly traces: TurnTraces;
  /** null: nothing is remembered. */
  readonly memory: AgentMemory | null;
  readonly log: AgentLogSink;
  /** Somebody is likely to speak soon. */
  readonly prepare: (userId: string) => void;
  /** What it says when it has come. */
  readonly greeting: () => UnaskedWish;
  /** What it says when it has long been quiet. */
  readonly thought: () => UnaskedWish;
  /** In [0, 1). */
  readonly random: () => number;
  /** Something nobody waits for has failed. */
  readonly onTrouble: (error: unknown) => void;
}

export type AgentPartsMaker = (wiring: AgentWiring) => AgentParts;

/** How long after the bot's words what its partner says is meant for it, ms. */
const engagedMs = 35_000;
/** While music plays only those who woke the bot within this time are heard, ms. */
const musicWakeMs = 30_000;

/** How the floor is kept, by the guild's settings and the bot's names as they are now. */
export const floorConfigOf = ({ host, room, words }: Pick<AgentParts, 'host' | 'room' | 'words'>): FloorConfig => {
  const { wakeNames, addressing, interruption, captureSilenceMs } = host.guildSettings;
  return {
    wakeNames: [...new Set([...room.ownNames, ...wakeNames])],
    ...{ addressing, interruption, words, engagedMs, musicWakeMs },
    silenceMs: captureSilenceMs,
    // Neither a recognizer on this host nor a transcription socket says anything before a capture is complete.
    lateWords: true,
  };
};
