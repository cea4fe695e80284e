import type { SessionEndReason } from '../session-end-reason.ts';
import type { ConsentMessages } from './consent-messages.ts';

/** The life of a session. Ids are Discord’s; times epoch milliseconds; durations milliseconds. */
export interface SessionMessages {
  readonly session_ended: {
    readonly reason: SessionEndReason;
    readonly channelId: string;
    readonly durationMs: number;
    /** Whether a recording goes to the mixer. */
    readonly recorded: boolean;
    readonly prefix: string;
    /** For a while it can be continued: the message has a button for that. */
    readonly mayContinue: boolean;
    /** Id of the recording that ran, where it has a page: the message has a button for that. */
    readonly page: string | null;
    /** The conversation with the agent that can be rated; absent: there is none. */
    readonly threadId?: string;
  };
  readonly moved: { readonly channelId: string; readonly recording: boolean };
  readonly max_duration_near: { readonly remainingMs: number };
  readonly nobody_heard: { readonly ms: number };
  /** For the panel alone. */
  readonly person_came: { readonly userId: string };
  readonly person_went: { readonly userId: string };
  readonly nothing_heard: { readonly ms: number; readonly prefix: string };
  readonly person_unheard: { readonly userIds: readonly string[]; readonly prefix: string };
  /** The notice as it goes on: with what is recorded now, and buttons. */
  readonly live_panel: {
    readonly notice: ConsentMessages['recording_notice'];
    readonly state: 'recording' | 'paused' | 'off' | 'ended';
    readonly channelId: string;
    /** When the recording of now began, epoch milliseconds; null: none runs. */
    readonly since: number | null;
    /** All recordings of the session together. */
    readonly recordedMs: number;
    readonly recorded: readonly string[];
    readonly notRecorded: readonly string[];
    readonly received: number;
    readonly lost: number;
    readonly freeBytes: number | null;
    readonly privacyCode: string | null;
    /** The agent that listens and answers; null: none does. */
    readonly agent: {
      readonly vendor: string;
      readonly doing: 'awake' | 'resting' | 'silent';
      /** US dollars spent in this session; null: nobody counts. */
      readonly usd: number | null;
    } | null;
    /** Whether there are pages to have a link to. */
    readonly hasPages: boolean;
    /** Oldest first; one line each. */
    readonly events: readonly { readonly at: number; readonly text: string }[];
  };
  readonly alone: { readonly leavesInMs: number };
  readonly resumed_after_restart: { readonly gapMs: number; readonly prefix: string };
  readonly continued_after_restart: { readonly prefix: string };
}
