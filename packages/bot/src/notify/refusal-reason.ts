import type { MessageKind, UserMessage } from './user-message.ts';

/** Kinds that say by their name that something did not come about: each has a reason below, or this file does not compile. */
type Failing = Extract<MessageKind, `${string}_refused` | `${string}_failed`>;
/** What failed of what Parley does by itself: nobody's wish was refused. */
type Unasked = 'music_failed' | 'mux_failed' | 'transcript_failed' | 'delivery_dm_failed';

/** What a refusal is counted and logged by; null for a message that refuses nothing. */
export const refusalReason = (message: UserMessage): string | null => {
  switch (message.kind) {
    case 'join_refused':
      return message.details.denial.reason;
    case 'leave_refused':
    case 'command_refused':
      return message.details.reason;
    case 'wrong_arguments':
      return `arguments_${message.details.problem.code}`;
    case 'recording_control':
      return ['paused', 'resumed', 'on', 'off'].includes(message.details.outcome) ? null : message.details.outcome;
    case 'setting_refused':
      return `setting_${message.details.problem}`;
    case 'voice_test_refused':
      return `voice_test_${message.details.reason}`;
    case 'page_link_refused':
      return `page_link_${message.details.reason}`;
    case 'export_refused':
      return `export_${message.details.reason}`;
    case 'music_refused':
      return `music_${message.details.reason}`;
    case 'music_answer':
      return message.details.kind === 'refused' ? `music_${message.details.reason}` : null;
    case 'agent_refused':
      return `agent_${message.details.reason}`;
    case 'ask_refused':
      return `ask_${message.details.reason}`;
    case 'transcription_asked':
      return message.details.outcome === 'queued' ? null : `transcription_${message.details.outcome}`;
    case 'unknown_command':
    case 'rate_limited':
    case 'not_your_button':
    case 'button_expired':
    case 'command_failed':
    case 'voice_test_failed':
    case 'export_failed':
    case 'optin_failed':
    case 'optout_failed':
    case 'forget_failed':
      return message.kind;
    default:
      message.kind satisfies Exclude<MessageKind, Exclude<Failing, Unasked>>;
      return null;
  }
};
