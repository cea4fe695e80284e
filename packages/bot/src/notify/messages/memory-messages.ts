import type { Feedback, MemoryRow } from '../../memory/memory-rows.ts';

/** What is remembered, and incognito. Ids are Discord’s; times epoch milliseconds; durations milliseconds. */
export interface MemoryMessages {
  /** What became of a wish to begin or end incognito. */
  readonly incognito_control: {
    readonly outcome:
      | 'on'
      | 'by_settings'
      | 'joined'
      | 'waiting'
      | 'off'
      | 'already_on'
      | 'already_off'
      | 'not_allowed'
      | 'not_there'
      | 'record_refused';
    readonly userId: string;
    /** Of `waiting`: who has not agreed yet. */
    readonly missing: readonly string[];
    /** Of `on`: whether a recording ended by it; of `off`: whether one begins. */
    readonly recording: boolean;
    /** Whose model still hears what is said; null: none does. */
    readonly heardBy: string | null;
    readonly prefix: string;
  };
  /** Where people find help, in the operator's words. */
  readonly safety_resources: { readonly text: string };
  readonly memory_shown: {
    readonly memories: readonly Pick<MemoryRow, 'id' | 'text' | 'kind' | 'scope'>[];
    /** How many more belong to other servers, or to none. */
    readonly elsewhere: number;
    readonly episodes: number;
    readonly prefix: string;
  };
  readonly memory_changed: {
    readonly outcome:
      | 'deleted'
      | 'deleted_all'
      | 'edited'
      | 'shared'
      | 'unshared'
      | 'exported'
      | 'not_found'
      | 'needs_number'
      | 'needs_text';
    readonly count: number;
    readonly prefix: string;
  };
  readonly feedback_answer: { readonly outcome: Feedback | 'not_found' | 'not_there' };
}
