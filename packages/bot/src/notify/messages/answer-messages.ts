import type { RecordingStatus } from '@parley/mux';
import type { Denial } from '../../policy/denial.ts';
import type { TranscriptState } from '../../store/index.ts';

/** Answers to what a person asked for. Ids are Discord’s; times epoch milliseconds; durations milliseconds. */
export interface AnswerMessages {
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
}
