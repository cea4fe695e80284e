import type { MusicAnswer } from '../../agent/music/music-desk.ts';
import type { MusicView } from '../../agent/music/session-music.ts';
import type { MusicTrouble } from '../../agent/music/track.ts';
import type { AgentRestCause } from '../../session/agent-rest.ts';
import type { Button } from '../buttons.ts';

/** The agent and its music. Ids are Discord’s; times epoch milliseconds; durations milliseconds. */
export interface AgentMessages {
  /** The agent listens no more; `wakeName`: what wakes it, null: a command only. */
  readonly agent_resting: {
    readonly cause: AgentRestCause;
    readonly wakeName: string | null;
    readonly recording: boolean;
  };
  readonly agent_rest_near: { readonly remainingMs: number };
  /** Its provider does not work; said once until it does again. */
  readonly agent_silent: { readonly provider: string; readonly meaning: string; readonly again: boolean };
  readonly agent_back: { readonly provider: string };
  /** Somebody has spent what one person may in a day; others are answered. */
  readonly agent_person_spent: { readonly userId: string };
  /** Another provider hears and answers from now on. */
  readonly agent_taken_over: { readonly provider: string };
  /** What became of a command for the agent. */
  readonly agent_control: {
    readonly outcome: 'listens' | 'listens_not' | 'listened_before' | 'listened_not_before' | 'says';
    readonly userId: string;
    readonly prefix: string;
  };
  readonly agent_refused: {
    readonly reason: 'no_agent' | 'resting' | 'silent' | 'busy' | 'may_not_say' | 'spent' | 'too_often';
    /** Of `too_often`: when it is allowed again, milliseconds. */
    readonly retryAfterMs: number;
    readonly prefix: string;
  };
  /** What became of a wish for music. */
  readonly music_answer: MusicAnswer;
  readonly music_control: { readonly userId: string } & (
    | { readonly outcome: 'paused' | 'resumed' | 'stopped' }
    | { readonly outcome: 'skipped'; readonly title: string; readonly next: string | null }
    | { readonly outcome: 'volume'; readonly percent: number }
  );
  readonly music_list: MusicView & { readonly prefix: string };
  readonly music_refused: {
    readonly reason: 'nothing_plays' | 'nothing_held' | 'what_missing' | 'not_a_volume';
    readonly prefix: string;
  };
  /** `next`: what plays in its place. */
  readonly music_failed: { readonly title: string; readonly trouble: MusicTrouble; readonly next: string | null };
  /** The agent asks a few people something, with buttons. */
  readonly agent_question: {
    readonly text: string;
    readonly userIds: readonly string[];
    readonly buttons: readonly Button[];
    readonly waitsMs: number;
  };
  /** In the place of the question. */
  readonly agent_question_over: {
    readonly text: string;
    readonly outcome: 'chosen' | 'expired' | 'withdrawn';
    readonly choice: string | null;
    readonly userId: string | null;
  };
  /** What it answers, where it answers in writing. */
  readonly agent_reply: { readonly text: string };
}
