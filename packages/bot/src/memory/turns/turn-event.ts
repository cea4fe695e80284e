/** What happens to the turns of a conversation, in whatever order providers tell it. Ids are of the session. */
export type TurnEvent =
  /** Somebody is to be answered: what was said in these pieces, by these people. */
  | {
      readonly type: 'opened';
      readonly turnId: string;
      readonly pieces: readonly string[];
      readonly speakers: readonly string[];
    }
  /** The words of a piece are final; they may come more than once. */
  | { readonly type: 'user_final'; readonly piece: string; readonly text: string }
  /** No words will come of a piece. */
  | { readonly type: 'user_failed'; readonly piece: string }
  | { readonly type: 'response_started'; readonly turnId: string; readonly responseId: string }
  /** The words of one item of a response are final. */
  | { readonly type: 'assistant_final'; readonly responseId: string; readonly itemId: string; readonly text: string }
  | {
      readonly type: 'response_finished';
      readonly responseId: string;
      readonly status: 'completed' | 'cancelled' | 'failed' | 'incomplete';
    }
  /** Another response of the same turn follows, after tools. */
  | { readonly type: 'follow_up_expected'; readonly turnId: string }
  /** The follow-up will not come. */
  | { readonly type: 'follow_up_failed'; readonly turnId: string }
  | { readonly type: 'tool_called'; readonly turnId: string; readonly callId: string; readonly name: string }
  | { readonly type: 'tool_settled'; readonly callId: string; readonly status: 'completed' | 'failed' }
  /** All of the answer was played, or it was cut: these words were heard of it. */
  | { readonly type: 'heard'; readonly turnId: string; readonly interrupted: boolean; readonly text: string | null }
  /** The answer broke off because the provider was lost. */
  | { readonly type: 'connection_lost'; readonly turnId: string }
  /** The answer was withdrawn before anybody heard it; what was said may be answered in another turn. */
  | { readonly type: 'withdrawn'; readonly turnId: string }
  /** Somebody's words must not be kept. */
  | { readonly type: 'forgotten'; readonly userId: string }
  /** A turn that was handed out is on disk, or is not. */
  | { readonly type: 'recorded'; readonly turnId: string }
  | { readonly type: 'recording_failed'; readonly turnId: string }
  /** The session ends: what can be settled is, the rest is given up. */
  | { readonly type: 'closed' };

export type TurnOutcome = 'completed' | 'interrupted' | 'connection_interrupted';

/** A turn as it is kept. At least one side has words. */
export interface RecordableTurn {
  readonly turnId: string;
  readonly speakers: readonly string[];
  readonly userText: string;
  /** What was heard of the answer. */
  readonly assistantText: string;
  readonly outcome: TurnOutcome;
  readonly tools: readonly { readonly name: string; readonly status: 'completed' | 'failed' }[];
}
