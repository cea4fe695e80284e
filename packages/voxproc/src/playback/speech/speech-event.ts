import type { PlaybackOutcome } from '@parley/protocol';

/** What becomes of an utterance, as the supervisor is told. Durations in milliseconds. */
export type SpeechEvent =
  | { readonly type: 'started'; readonly utteranceId: string; readonly trimmedMs: number }
  | { readonly type: 'progress'; readonly utteranceId: string; readonly playedMs: number; readonly bufferedMs: number }
  | { readonly type: 'credit'; readonly utteranceId: string; readonly ms: number }
  | {
      readonly type: 'finished';
      readonly utteranceId: string;
      readonly playedMs: number;
      readonly trimmedMs: number;
      readonly outcome: PlaybackOutcome;
    };

/** Something about speech that an operator should know. */
export type SpeechTrouble =
  | { readonly type: 'underrun'; readonly utteranceId: string; readonly prebufferMs: number }
  | { readonly type: 'dropped'; readonly utteranceId: string; readonly why: 'unknown' | 'over' | 'not_granted' }
  | { readonly type: 'not_sendable'; readonly utterances: number }
  | { readonly type: 'starved'; readonly utteranceId: string };
