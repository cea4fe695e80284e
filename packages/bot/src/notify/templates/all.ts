import type { MessageDetails, MessageKind } from '../user-message.ts';
import { channelName, duration, personName, quoted } from '../words.ts';
import * as agent from './agent.ts';
import * as agentCommands from './agent-commands.ts';
import * as answers from './answers.ts';
import * as commands from './commands.ts';
import * as consent from './consent.ts';
import * as control from './control.ts';
import * as exporting from './exports.ts';
import * as finished from './finished.ts';
import * as memory from './memory.ts';
import * as music from './music.ts';
import * as pageLinks from './page-links.ts';
import { livePanel } from './panel.ts';
import { refusals } from './refusals.ts';
import * as running from './running.ts';
import { sessionEnded } from './session-ends.ts';
import * as transcripts from './transcripts.ts';
import * as voiceTest from './voice-test.ts';

type Templates = { readonly [K in MessageKind]: (details: MessageDetails[K]) => string };

/** The text of a refusal, from the table by reason. */
const joinRefused = ({ denial, prefix }: MessageDetails['join_refused']): string =>
  // The table's entry and the details share the reason, which the compiler cannot follow through a lookup.
  (refusals[denial.reason] as (details: typeof denial.details, prefix: string) => string)(denial.details, prefix);

/** What a change of the channel does to the recording: where it is switched off, it stays off. */
const begins = (recording: boolean): string => (recording ? 'a new recording begins here.' : 'nothing is recorded.');

/** Everything Parley says, one text per kind: a new kind does not compile until it has its text. */
export const templates: Templates = {
  join_refused: joinRefused,
  joining: ({ channelId }) => `Recording in ${channelName(channelId)}.`,
  switched: ({ channelId, recording }) => `I have moved to ${channelName(channelId)}; ${begins(recording)}`,
  leave_refused: answers.leaveRefused,
  leaving: ({ channelId }) => `Leaving ${channelName(channelId)}.`,
  status_offline: answers.statusOffline,
  status_online: answers.statusOnline,
  help: commands.help,
  unknown_command: answers.unknownCommand,
  intent_question: ({ command, says }) => `Do you want me to ${quoted(command)}? That is: ${says}.`,
  recording_control: control.recordingControl,
  note_kept: control.noteKept,
  session_list: control.sessionList,
  settings_shown: control.settingsShown,
  setting_stored: control.settingStored,
  setting_refused: control.settingRefused,
  voice_test_listening: voiceTest.listening,
  voice_test_done: voiceTest.done,
  voice_test_refused: voiceTest.refused,
  voice_test_failed: voiceTest.failed,
  export_started: exporting.started,
  export_refused: exporting.refused,
  export_progress: exporting.progress,
  export_file: exporting.file,
  export_link: exporting.link,
  export_on_host: exporting.onHost,
  export_failed: exporting.failed,
  search_results: transcripts.searchResults,
  ask_answer: transcripts.askAnswer,
  ask_refused: transcripts.askRefused,
  transcription_asked: transcripts.transcriptionAsked,
  transcript_progress: transcripts.transcriptProgress,
  transcript_ready: transcripts.transcriptReady,
  transcript_failed: transcripts.transcriptFailed,
  wrong_arguments: commands.wrongArguments,
  command_refused: commands.commandRefused,
  rate_limited: answers.rateLimited,
  page_link: pageLinks.pageLink,
  page_link_refused: pageLinks.pageLinkRefused,
  personal_button: answers.personalButton,
  not_your_button: () => 'This button is for somebody else. Type the command yourself.',
  button_expired: () => 'This button is no longer kept. Give the command again.',
  command_failed: ({ error }) =>
    `That did not work: ${quoted(error)}. Try again; if it happens twice, tell the operator.`,

  recording_notice: consent.recordingNotice,
  late_joiner_notice: consent.lateJoinerNotice,
  optout_confirmed: consent.optoutConfirmed,
  optout_failed: consent.optoutFailed,
  optin_confirmed: consent.optinConfirmed,
  optin_failed: consent.optinFailed,
  consents_unreadable: consent.consentsUnreadable,
  use_decided: consent.useDecided,
  forget_question: consent.forgetQuestion,
  forget_kept: consent.forgetKept,
  forget_begun: consent.forgetBegun,
  forget_done: consent.forgetDone,
  forget_failed: consent.forgetFailed,
  remixed: consent.remixed,

  session_ended: sessionEnded,
  moved: ({ channelId, recording }) => `I was moved to ${channelName(channelId)}; ${begins(recording)}`,
  max_duration_near: ({ remainingMs }) =>
    `This recording ends in ${duration(remainingMs)}: it reaches its longest time.`,
  nobody_heard: ({ ms }) =>
    `I have heard nobody for ${duration(ms)}. If somebody is speaking, check whether I am deafened or the microphone is muted.`,
  person_came: ({ userId }) => `${personName(userId)} came.`,
  person_went: ({ userId }) => `${personName(userId)} went.`,
  nothing_heard: running.nothingHeard,
  person_unheard: running.personUnheard,
  agent_resting: agent.agentResting,
  agent_rest_near: agent.agentRestNear,
  agent_silent: agent.agentSilent,
  agent_back: agent.agentBack,
  agent_person_spent: agent.agentPersonSpent,
  agent_taken_over: agent.agentTakenOver,
  agent_reply: agent.agentReply,
  music_answer: music.musicAnswer,
  music_control: music.musicControl,
  music_list: music.musicList,
  music_refused: music.musicRefused,
  music_failed: music.musicFailed,
  agent_question: agentCommands.agentQuestion,
  agent_question_over: agentCommands.agentQuestionOver,
  agent_control: agentCommands.agentControl,
  agent_refused: agentCommands.agentRefused,
  incognito_control: memory.incognitoControl,
  safety_resources: memory.safetyResources,
  memory_shown: memory.memoryShown,
  memory_changed: memory.memoryChanged,
  feedback_answer: memory.feedbackAnswer,
  live_panel: livePanel,
  alone: ({ leavesInMs }) => `I am alone here and leave in ${duration(leavesInMs)}.`,
  resumed_after_restart: running.resumedAfterRestart,
  continued_after_restart: running.continuedAfterRestart,

  gap_voxproc: running.gapVoxproc,
  reconnecting: () => '⚠️ The voice connection is interrupted; I am reconnecting. What is said now may be missing.',
  reconnected: running.reconnected,
  server_deafened: () =>
    '⚠️ A moderator has deafened me: I hear nothing, and nothing is recorded until that is undone. I do not undo it myself.',
  server_undeafened: running.serverUndeafened,
  server_muted: () => 'A moderator has muted me. The recording goes on.',
  stream_started: running.streamStarted,
  permissions_changed: running.permissionsChanged,
  undecryptable_person: running.undecryptablePerson,
  encryption_on: running.encryptionOn,
  encryption_off: () => '⚠️ This call is no longer end-to-end encrypted. The recording goes on.',
  disk_low: running.diskLow,
  speak_missing: () => 'I may not **Speak** here, so I make no sound. The recording is not affected.',

  mux_progress: finished.muxProgress,
  mux_finished: finished.muxFinished,
  mux_empty: finished.muxEmpty,
  mux_failed: finished.muxFailed,
  delivered_file: finished.deliveredFile,
  delivered_small: finished.deliveredSmall,
  delivered_link: finished.deliveredLink,
  delivery_on_host: finished.deliveryOnHost,
  delivery_dm_failed: finished.deliveryDmFailed,
};
