/** Where a conversation is held. */
export const surfaces = ['discord', 'browser', 'text'] as const;
export type Surface = (typeof surfaces)[number];

/** How far the end of a thread is: `open`: nobody has ended it. */
export const threadStates = ['open', 'in_progress', 'completed', 'failed'] as const;
export type ThreadState = (typeof threadStates)[number];

export const feedbacks = ['positive', 'negative', 'skip'] as const;
export type Feedback = (typeof feedbacks)[number];

export interface ThreadRow {
  /** Random; tells nothing of anybody. */
  readonly threadId: string;
  readonly surface: Surface;
  /** Whose it is; null: a group's. */
  readonly ownerId: string | null;
  readonly guildId: string | null;
  readonly sessionId: string | null;
  /** Epoch milliseconds, as all times here. */
  readonly createdAt: number;
  readonly activeAt: number;
  readonly turnCount: number;
  readonly state: ThreadState;
  readonly stateDetail: string | null;
  readonly stateAt: number;
  readonly feedback: Feedback | null;
}

export const turnOutcomes = ['completed', 'interrupted', 'connection_interrupted'] as const;

export interface StoredTurn {
  readonly id: number;
  readonly at: number;
  readonly channel: 'voice' | 'text';
  readonly userText: string;
  readonly assistantText: string;
  readonly outcome: (typeof turnOutcomes)[number];
  readonly route: string;
  readonly style: string;
  readonly diagnostics: Readonly<Record<string, unknown>>;
  readonly speakers: readonly string[];
}

/** A turn that is to be appended once. */
export interface NewTurn extends Omit<StoredTurn, 'id'> {
  readonly threadId: string;
  readonly clientTurnId: string;
  /** Of everything the caller sent, so that a repetition is told from another turn under the same id. */
  readonly bodyHash: string;
}

/** `duplicate`: it was recorded before, this is the original's receipt. `conflict`: another turn has this id. `no_thread`: it has ended, or is forgotten. */
export type AppendResult =
  | { readonly kind: 'recorded' | 'duplicate'; readonly turnCount: number; readonly at: number }
  | { readonly kind: 'conflict' }
  | { readonly kind: 'no_thread' };

export const memoryScopes = ['private', 'guild'] as const;
export type MemoryScope = (typeof memoryScopes)[number];
export const memoryKinds = ['preference', 'fact'] as const;
export type MemoryKind = (typeof memoryKinds)[number];

/** Something remembered of a person. `guild`: whoever is with them in that guild may hear it; `private`: nobody but them, alone. */
export interface MemoryRow {
  readonly id: number;
  readonly ownerId: string;
  readonly guildId: string | null;
  readonly scope: MemoryScope;
  readonly kind: MemoryKind;
  readonly text: string;
  readonly threadId: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** Something that may be worth remembering, until the thread ends. */
export interface CandidateRow {
  readonly ownerId: string;
  readonly kind: MemoryKind;
  readonly text: string;
  /** The turn it was found in. */
  readonly turnId: number;
}

/** What a conversation came to. */
export interface EpisodeRow {
  readonly threadId: string;
  readonly ownerId: string | null;
  readonly guildId: string | null;
  readonly at: number;
  readonly summary: string;
  readonly themes: readonly string[];
  readonly openLoops: readonly string[];
  readonly resolved: readonly string[];
  readonly turnCount: number;
  /** Who spoke in it. */
  readonly people: readonly string[];
}
