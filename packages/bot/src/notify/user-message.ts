import type { ExportFormat, MuxErrorCode, RecordingStatus } from '@parley/mux';
import type { MusicAnswer } from '../agent/music/music-desk.ts';
import type { MusicView } from '../agent/music/session-music.ts';
import type { MusicTrouble } from '../agent/music/track.ts';
import type { ConsentMode } from '../config/guild-settings.ts';
import type { ArgumentProblem } from '../discord/arguments/argument-problem.ts';
import type { Feedback, MemoryRow } from '../memory/memory-rows.ts';
import type { Denial } from '../policy/denial.ts';
import type { AgentRestCause } from '../session/agent-rest.ts';
import type { TranscriptState } from '../store/index.ts';
import type { TranscriptionErrorCode } from '../transcripts/transcription-error.ts';
import type { Button } from './buttons.ts';
import type { SessionEndReason } from './session-end-reason.ts';

/** A finished export. */
export interface ExportFacts {
  readonly kind: 'export' | 'clip';
  readonly format: ExportFormat;
  readonly durationMs: number;
  readonly sizeBytes: number;
  /** Who is in it. */
  readonly people: readonly string[];
  readonly requestedByUserId: string;
}

/** A place in a recording where something was said. */
export interface SpokenPlace {
  readonly recordingSessionId: string;
  readonly channelId: string;
  /** Of the recording. */
  readonly startTime: number;
  readonly userId: string;
  readonly atMs: number;
  /** The page at this place; null: there are none. */
  readonly link: string | null;
}

/** What every kind of message needs to know. Ids are Discord's; times epoch milliseconds; durations milliseconds. */
export interface MessageDetails {
  // Answers to what a person asked for
  readonly join_refused: { readonly denial: Denial; readonly prefix: string };
  /** The answer to `join` while the notice is on its way. */
  readonly joining: { readonly channelId: string };
  /** `recording`: whether it records there, and does not only sit there. */
  readonly switched: { readonly channelId: string; readonly recording: boolean };
  readonly leave_refused:
    | { readonly reason: 'not_in_voice' }
    | { readonly reason: 'requester_not_permitted'; readonly startedBy: string };
  readonly leaving: { readonly channelId: string };
  readonly status_offline: { readonly prefix: string };
  readonly status_online: {
    readonly channelId: string;
    readonly requestedByUserId: string;
    readonly recordingMs: number;
    /** null = no limit. */
    readonly remainingMs: number | null;
    readonly recorded: readonly string[];
    readonly notRecorded: readonly string[];
    readonly received: number;
    readonly lost: number;
    readonly freeBytes: number | null;
    readonly privacyCode: string | null;
    readonly paused: boolean;
    /** false: it is there, but recording is switched off. */
    readonly recording: boolean;
  };
  readonly help: {
    readonly prefix: string;
    readonly commands: readonly { readonly name: string; readonly usage: string; readonly says: string }[];
  };
  readonly unknown_command: { readonly typed: string; readonly nearest: string | null; readonly prefix: string };
  /** Plain words may have meant a command. */
  readonly intent_question: { readonly command: string; readonly says: string };
  /** What became of pausing, resuming, switching the recording on or off. */
  readonly recording_control: {
    readonly outcome:
      | 'paused'
      | 'resumed'
      | 'on'
      | 'off'
      | 'already_paused'
      | 'not_paused'
      | 'already_on'
      | 'already_off'
      | 'not_recording';
    readonly channelId: string;
    readonly userId: string;
    readonly prefix: string;
  };
  readonly note_kept: {
    readonly text: string;
    readonly userId: string /** Since the beginning. */;
    readonly atMs: number;
  };
  readonly session_list: {
    readonly recordings: readonly {
      readonly recordingSessionId: string;
      readonly channelId: string;
      readonly startTime: number;
      /** null while it runs. */
      readonly durationMs: number | null;
      readonly status: RecordingStatus;
      /** Where the mix can be had; null: on the host. */
      readonly link: string | null;
      /** How far its transcript is; null: nobody asked for one. */
      readonly transcript: TranscriptState | null;
    }[];
    readonly prefix: string;
  };
  readonly settings_shown: {
    readonly settings: readonly { readonly key: string; readonly value: string; readonly isOwn: boolean }[];
    readonly prefix: string;
  };
  readonly setting_stored: { readonly key: string; readonly value: string; readonly isOwn: boolean };
  readonly setting_refused: {
    /** `of_installation`: no server has it for itself; it is read at the start. */
    readonly problem: 'unknown_key' | 'invalid_value' | 'of_installation';
    readonly key: string;
    readonly allowed: string | null;
    readonly nearest: string | null;
    /** Its name in the environment, of a setting of the installation. */
    readonly env: string | null;
    readonly prefix: string;
  };
  readonly voice_test_listening: { readonly userId: string; readonly maxMs: number };
  readonly voice_test_done: {
    readonly userId: string;
    readonly heardMs: number;
    readonly playedMs: number;
    readonly received: number;
    readonly lost: number;
    readonly unusable: number;
  };
  readonly voice_test_refused: {
    readonly reason: 'not_in_channel' | 'not_recorded' | 'may_not_speak' | 'busy';
    readonly prefix: string;
  };
  readonly voice_test_failed: { readonly userId: string; readonly error: string };
  // Exports and clips
  readonly export_started: {
    readonly kind: 'export' | 'clip';
    readonly format: ExportFormat;
    readonly recordingSessionId: string;
    /** Whether the recording goes on. */
    readonly live: boolean;
    /** Exports of the server that come before. */
    readonly ahead: number;
  };
  readonly export_refused: {
    readonly reason: 'no_recording' | 'not_permitted' | 'not_recording' | 'queue_full' | 'files_gone' | 'backwards';
    readonly prefix: string;
  };
  readonly export_progress: { readonly kind: 'export' | 'clip' /** 0..1 */; readonly fraction: number };
  readonly export_file: ExportFacts;
  readonly export_link: ExportFacts & { readonly url: string; readonly expiresAt: number };
  readonly export_on_host: ExportFacts & { readonly recordingSessionId: string };
  readonly export_failed: {
    readonly kind: 'export' | 'clip';
    /** `broken`: without a reason of its own. */
    readonly code: MuxErrorCode | 'broken';
  };
  // Transcripts
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

  // Consent
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

  // The life of a session
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
  readonly max_duration_near: { readonly remainingMs: number };
  readonly nobody_heard: { readonly ms: number };
  /** For the panel alone. */
  readonly person_came: { readonly userId: string };
  readonly person_went: { readonly userId: string };
  readonly nothing_heard: { readonly ms: number; readonly prefix: string };
  readonly person_unheard: { readonly userIds: readonly string[]; readonly prefix: string };
  /** The notice as it goes on: with what is recorded now, and buttons. */
  readonly live_panel: {
    readonly notice: MessageDetails['recording_notice'];
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

  // What went wrong on the way
  readonly gap_voxproc: { readonly gapMs: number };
  readonly reconnecting: Record<never, never>;
  readonly reconnected: { readonly gapMs: number };
  readonly server_deafened: Record<never, never>;
  readonly server_undeafened: { readonly gapMs: number };
  readonly server_muted: Record<never, never>;
  /** Somebody shows their screen; said once per person and session. */
  readonly stream_started: { readonly userId: string };
  /** Of the bot, in the channel it is in, by Discord's names. */
  readonly permissions_changed: {
    readonly channelId: string;
    readonly lost: readonly string[];
    readonly regained: readonly string[];
  };
  readonly undecryptable_person: { readonly userId: string };
  readonly encryption_on: { readonly privacyCode: string };
  readonly encryption_off: Record<never, never>;
  readonly disk_low: { readonly freeBytes: number; readonly stopsAtBytes: number };
  readonly speak_missing: Record<never, never>;

  // The finished recording
  readonly mux_progress: { readonly phase: string /** 0..1 */; readonly fraction: number };
  readonly mux_finished: {
    readonly status: Extract<RecordingStatus, 'completed' | 'partial'>;
    readonly durationMs: number;
    readonly speakers: number;
    readonly holes: number;
    readonly skipped: number;
    /** Packets of everybody's speech. */
    readonly received: number;
    readonly lost: number;
    /** Id of the recording where it has a page: the message has a button for that. */
    readonly page: string | null;
  };
  readonly mux_empty: { readonly durationMs: number };
  readonly mux_failed: { readonly error: string; readonly recordingSessionId: string };
  readonly delivered_file: { readonly durationMs: number; readonly sizeBytes: number };
  readonly delivered_small: { readonly limitBytes: number };
  readonly delivered_link: { readonly url: string; readonly expiresAt: number };
  readonly delivery_on_host: { readonly recordingSessionId: string };
  readonly delivery_dm_failed: { readonly requesterUserId: string };
}

export type MessageKind = keyof MessageDetails;

/** Something Parley says to people: its kind and what the text needs. */
export type UserMessage = {
  readonly [K in MessageKind]: { readonly kind: K } & { readonly details: MessageDetails[K] };
}[MessageKind];
