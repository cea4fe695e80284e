import type { AgentMessages } from './messages/agent-messages.ts';
import type { AnswerMessages } from './messages/answer-messages.ts';
import type { ConsentMessages } from './messages/consent-messages.ts';
import type { ExportMessages } from './messages/export-messages.ts';
import type { FinishedMessages } from './messages/finished-messages.ts';
import type { MemoryMessages } from './messages/memory-messages.ts';
import type { SessionMessages } from './messages/session-messages.ts';
import type { TranscriptMessages } from './messages/transcript-messages.ts';
import type { TroubleMessages } from './messages/trouble-messages.ts';

export type { ExportFacts, SpokenPlace } from './messages/facts.ts';

/** What every kind of message needs to know. Ids are Discord's; times epoch milliseconds; durations milliseconds. */
export interface MessageDetails
  extends AnswerMessages,
    ExportMessages,
    TranscriptMessages,
    ConsentMessages,
    SessionMessages,
    AgentMessages,
    MemoryMessages,
    TroubleMessages,
    FinishedMessages {}

export type MessageKind = keyof MessageDetails;

/** Something Parley says to people: its kind and what the text needs. */
export type UserMessage = {
  readonly [K in MessageKind]: { readonly kind: K } & { readonly details: MessageDetails[K] };
}[MessageKind];
