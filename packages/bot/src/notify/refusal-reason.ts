import type { UserMessage } from './user-message.ts';

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
    case 'unknown_command':
    case 'rate_limited':
    case 'not_your_button':
    case 'button_expired':
    case 'command_failed':
      return message.kind;
    default:
      return null;
  }
};
