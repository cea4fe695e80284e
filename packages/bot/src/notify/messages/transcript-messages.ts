import type { ArgumentProblem } from '../../discord/arguments/argument-problem.ts';
import type { TranscriptionErrorCode } from '../../transcripts/transcription-error.ts';
import type { SpokenPlace } from './facts.ts';

/** Transcripts, searching, and questions about recordings. Ids are Discord’s; times epoch milliseconds; durations milliseconds. */
export interface TranscriptMessages {
  readonly search_results: {
    readonly q: string;
    /** The match stands between ‹ and ›. */
    readonly hits: readonly (SpokenPlace & { readonly excerpt: string })[];
    readonly more: boolean;
    readonly prefix: string;
  };
  readonly ask_answer: {
    /** With `[n]` where it rests on a citation. */
    readonly text: string;
    readonly citations: readonly (SpokenPlace & { readonly n: number })[];
  };
  readonly ask_refused: { readonly reason: 'no_model' | 'nothing_found' | 'failed'; readonly prefix: string };
  readonly transcription_asked: {
    readonly outcome:
      | 'queued'
      | 'already_queued'
      | 'not_configured'
      | 'not_ready'
      | 'unknown_recording'
      | 'no_recording'
      | 'not_permitted';
    readonly recordingSessionId: string | null;
    readonly prefix: string;
  };
  readonly transcript_progress: { /** 0..1 */ readonly fraction: number };
  readonly transcript_ready: {
    readonly segments: number;
    /** The bound that left something out. */
    readonly bound: 'day' | 'recording' | null;
    readonly link: string | null;
    readonly prefix: string;
  };
  readonly transcript_failed: {
    readonly code: TranscriptionErrorCode;
    /** Whether it is tried again by itself. */
    readonly again: boolean;
    readonly prefix: string;
  };
  readonly wrong_arguments: {
    readonly problem: ArgumentProblem;
    readonly prefix: string;
    readonly name: string;
    readonly usage: string;
  };
  /** A command this person may not give now. */
  readonly command_refused: { readonly prefix: string; readonly name: string } & (
    | { readonly reason: 'no_session' }
    | { readonly reason: 'not_in_session'; readonly startedBy: string }
    | { readonly reason: 'not_manager' }
  );
  readonly rate_limited: { readonly retryAfterMs: number };
  /** Stands in the channel when the answer concerns one person only; its button opens the answer for that person. */
  readonly personal_button: { readonly userId: string; readonly customId: string; readonly label: string };
  /** For one person alone: never said where others read it. */
  readonly page_link: {
    readonly url: string;
    /** false: it works on the machine Parley runs on only. */
    readonly isPublic: boolean;
    readonly worksMs: number;
    /** What it leads to; null: the library. */
    readonly recording: { readonly channelId: string; readonly startTime: number } | null;
  };
  readonly page_link_refused: { readonly reason: 'pages_off' | 'not_visible'; readonly prefix: string };
  readonly not_your_button: Record<never, never>;
  readonly button_expired: Record<never, never>;
  readonly command_failed: { readonly error: string };
}
