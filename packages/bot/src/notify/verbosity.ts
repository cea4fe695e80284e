import type { Verbosity } from '../config/guild-settings.ts';
import type { SessionEndReason } from './session-end-reason.ts';
import type { MessageKind, UserMessage } from './user-message.ts';

/** What a message is: an answer to a person, something that went wrong, or the course of things. */
export type Tier = 'user_response' | 'error' | 'lifecycle';

/** `always`: said whatever the verbosity (refusals, notices, consent, the recording itself). `optional`: skipped unless all is wanted. */
export type Duty = 'always' | 'normal' | 'optional';

interface MessageClass {
  readonly tier: Tier;
  readonly duty: Duty;
}

const answer: MessageClass = { tier: 'user_response', duty: 'normal' };
const promise: MessageClass = { tier: 'user_response', duty: 'always' };
const failure: MessageClass = { tier: 'error', duty: 'normal' };
const course: MessageClass = { tier: 'lifecycle', duty: 'normal' };
const aside: MessageClass = { tier: 'lifecycle', duty: 'optional' };

const classes: Readonly<Record<MessageKind, MessageClass>> = {
  join_refused: promise,
  joining: answer,
  switched: answer,
  leave_refused: promise,
  leaving: answer,
  status_offline: answer,
  status_online: answer,
  help: answer,
  unknown_command: promise,
  intent_question: answer,
  recording_control: promise,
  note_kept: answer,
  session_list: answer,
  settings_shown: answer,
  setting_stored: promise,
  setting_refused: promise,
  voice_test_listening: answer,
  voice_test_done: answer,
  voice_test_refused: promise,
  voice_test_failed: promise,
  export_started: answer,
  export_refused: promise,
  export_progress: answer,
  export_file: promise,
  export_link: promise,
  export_on_host: promise,
  export_failed: promise,
  search_results: answer,
  ask_answer: answer,
  ask_refused: promise,
  transcription_asked: promise,
  transcript_progress: answer,
  transcript_ready: answer,
  transcript_failed: failure,
  wrong_arguments: promise,
  command_refused: promise,
  rate_limited: promise,
  page_link: promise,
  page_link_refused: promise,
  personal_button: promise,
  not_your_button: promise,
  button_expired: promise,
  command_failed: promise,
  recording_notice: promise,
  late_joiner_notice: promise,
  optout_confirmed: promise,
  optout_failed: promise,
  optin_confirmed: promise,
  optin_failed: promise,
  consents_unreadable: { tier: 'error', duty: 'always' },
  use_decided: promise,
  forget_question: promise,
  forget_kept: promise,
  forget_begun: promise,
  forget_done: promise,
  forget_failed: promise,
  remixed: promise,
  session_ended: course,
  moved: { tier: 'lifecycle', duty: 'always' },
  agent_resting: failure,
  agent_rest_near: course,
  agent_silent: failure,
  agent_back: course,
  agent_person_spent: failure,
  // People agreed to be heard by a provider that was named to them.
  agent_taken_over: { tier: 'lifecycle', duty: 'always' },
  agent_reply: promise,
  music_answer: promise,
  music_control: promise,
  music_list: answer,
  music_refused: promise,
  music_failed: failure,
  agent_question: promise,
  agent_question_over: promise,
  agent_control: promise,
  agent_refused: promise,
  incognito_control: promise,
  safety_resources: promise,
  memory_shown: promise,
  memory_changed: promise,
  feedback_answer: answer,
  max_duration_near: failure,
  nobody_heard: failure,
  person_came: aside,
  person_went: aside,
  nothing_heard: failure,
  person_unheard: failure,
  live_panel: promise,
  alone: aside,
  resumed_after_restart: { tier: 'error', duty: 'always' },
  continued_after_restart: failure,
  gap_voxproc: failure,
  reconnecting: aside,
  reconnected: failure,
  server_deafened: { tier: 'error', duty: 'always' },
  server_undeafened: failure,
  server_muted: course,
  stream_started: course,
  permissions_changed: failure,
  undecryptable_person: failure,
  encryption_on: course,
  encryption_off: failure,
  disk_low: failure,
  speak_missing: course,
  mux_progress: aside,
  mux_finished: answer,
  mux_empty: answer,
  mux_failed: failure,
  delivered_file: promise,
  delivered_small: promise,
  delivered_link: promise,
  delivery_on_host: promise,
  delivery_dm_failed: promise,
};

/** Endings somebody asked for answer that person; those nobody wanted are errors; the rest is the course of things. */
const endTiers: Readonly<Record<SessionEndReason, Tier>> = {
  requested: 'user_response',
  max_duration: 'error',
  alone: 'lifecycle',
  trigger_gone: 'lifecycle',
  kicked: 'error',
  channel_deleted: 'error',
  moved_to_disallowed: 'error',
  settings_changed: 'error',
  connection_lost: 'error',
  switch_failed: 'error',
  voxproc_failed: 'error',
  disk_full: 'error',
  folder_unwritable: 'error',
  shutdown: 'error',
};

/** The class of a message: of its kind, refined by its reason. */
export const classify = (message: UserMessage): MessageClass => {
  if (message.kind === 'join_refused' && !message.details.denial.mustNotify)
    return { tier: 'user_response', duty: 'optional' };
  if (message.kind === 'session_ended') return { tier: endTiers[message.details.reason], duty: 'normal' };
  return classes[message.kind];
};

type Rule = 'all' | 'not_optional' | 'always_only';

const matrix: Readonly<Record<Verbosity, Readonly<Record<Tier, Rule>>>> = {
  all: { user_response: 'all', error: 'all', lifecycle: 'all' },
  essential: { user_response: 'not_optional', error: 'not_optional', lifecycle: 'not_optional' },
  minimal: { user_response: 'not_optional', error: 'not_optional', lifecycle: 'always_only' },
  none: { user_response: 'always_only', error: 'always_only', lifecycle: 'always_only' },
};

/**
 * Whether a message is posted at this verbosity. The answer to a slash command is due in any case: there this only decides about a
 * message in the channel.
 */
export const shouldSend = (message: UserMessage, verbosity: Verbosity): boolean => {
  const { tier, duty } = classify(message);
  if (duty === 'always') return true;
  const rule = matrix[verbosity][tier];
  return rule === 'all' || (rule === 'not_optional' && duty === 'normal');
};
