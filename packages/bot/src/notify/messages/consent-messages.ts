import type { ConsentMode } from '../../config/guild-settings.ts';

/** Consent and forgetting. Ids are Discord’s; times epoch milliseconds; durations milliseconds. */
export interface ConsentMessages {
  readonly recording_notice: {
    readonly channelId: string;
    readonly requestedByUserId: string;
    readonly prefix: string;
    /** 0 = until somebody deletes it. */
    readonly retentionDays: number;
    /** 0 = no limit. */
    readonly retentionGigabytes: number;
    readonly consentMode: ConsentMode;
    /** Who writes down what is said, by itself or when somebody asks for it; null: nobody can. */
    readonly transcribedBy: string | null;
    /** Whose model hears what is said to the agent; null: none listens. */
    readonly heardBy: string | null;
    /** Whether the chime cannot be played for want of Speak. */
    readonly maySpeak: boolean;
    /** People in the channel who opted out earlier. */
    readonly notRecorded: readonly string[];
  };
  readonly late_joiner_notice: {
    readonly userId: string;
    readonly prefix: string;
    readonly retentionDays: number;
    /** 0 = no limit. */
    readonly retentionGigabytes: number;
    readonly consentMode: ConsentMode;
    /** Who writes down what is said, by itself or when somebody asks for it; null: nobody can. */
    readonly transcribedBy: string | null;
    /** Whose model hears what is said to the agent; null: none listens. */
    readonly heardBy: string | null;
    readonly recorded: boolean;
  };
  readonly optout_confirmed: {
    readonly scope: 'guild' | 'everywhere';
    readonly live: boolean;
    /** Not only being recorded: heard by the AI, transcribed, remembered as well. */
    readonly everything: boolean;
    readonly prefix: string;
  };
  readonly optout_failed: { readonly error: string };
  readonly optin_confirmed: {
    readonly scope: 'guild' | 'everywhere';
    readonly live: boolean;
    readonly everything: boolean;
    readonly prefix: string;
  };
  readonly optin_failed: { readonly error: string };
  readonly consents_unreadable: Record<never, never>;
  readonly use_decided: {
    readonly use: 'heard_by_ai' | 'transcribed' | 'remembered';
    readonly state: 'opted_in' | 'opted_out';
    readonly scope: 'guild' | 'everywhere';
    /** Who runs the AI; null: none listens. */
    readonly provider: string | null;
    readonly prefix: string;
  };
  readonly forget_question: {
    /** null: the person asked. */
    readonly userId: string | null;
    readonly scope: 'guild' | 'everywhere';
    readonly recordings: number;
    /** Recordings that run now. */
    readonly running: number;
    readonly messages: number;
  };
  readonly forget_kept: Record<never, never>;
  readonly forget_begun: { readonly userId: string | null };
  readonly forget_done: {
    readonly userId: string | null;
    readonly recordings: number;
    readonly running: number;
    readonly messages: number;
    /** What is still to be done; null: nothing. */
    readonly error: string | null;
  };
  readonly forget_failed: { readonly error: string };
  /** Before a mix that was made anew, without a person. */
  readonly remixed: Record<never, never>;
}
