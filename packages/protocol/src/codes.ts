/** Why a request was refused or failed. `retryable`: the same request may succeed later without anybody changing anything. */
export const errorCodes = {
  unknown_type: { retryable: false, meaning: 'the peer does not know this request' },
  invalid_payload: { retryable: false, meaning: 'the payload does not match its schema' },
  not_welcome: { retryable: false, meaning: 'sent before the handshake was complete' },
  protocol_mismatch: { retryable: false, meaning: 'the two sides speak different major versions' },
  deadline_exceeded: { retryable: true, meaning: 'no answer within the deadline of the request' },
  aborted: { retryable: true, meaning: 'the caller gave up' },
  link_closed: { retryable: true, meaning: 'the link to the other process has ended' },
  already_joined: { retryable: false, meaning: 'this process serves a voice channel already' },
  not_joined: { retryable: false, meaning: 'no voice channel has been joined' },
  already_recording: { retryable: false, meaning: 'a recording is running' },
  not_recording: { retryable: false, meaning: 'no recording is running' },
  voice_timeout: { retryable: true, meaning: 'the voice connection was not ready in time' },
  voice_ended: { retryable: false, meaning: 'the voice connection ended for good' },
  gateway_unavailable: { retryable: true, meaning: 'the main gateway could not take the voice state update' },
  busy: { retryable: true, meaning: 'it is done for somebody else right now' },
  encryption_not_ready: { retryable: true, meaning: 'end-to-end encryption is not ready, so nothing may be sent' },
  file_unreadable: { retryable: false, meaning: 'a file could not be read' },
  already_capturing: { retryable: false, meaning: 'this person is being captured already' },
  not_heard: { retryable: false, meaning: 'this person is a bot, has opted out, or is not in the channel' },
  unknown_capture: { retryable: false, meaning: 'there is no such capture, or it has ended' },
  unknown_utterance: { retryable: false, meaning: 'there is no such utterance, or it is over' },
  queue_full: { retryable: true, meaning: 'as many utterances or sounds wait as may' },
  no_music: { retryable: false, meaning: 'no music is playing' },
  folder_unwritable: { retryable: false, meaning: 'the recording folder could not be written' },
  disk_full: { retryable: false, meaning: 'there is no space left for the recording' },
  internal: { retryable: false, meaning: 'a defect; the log has the stack' },
} as const satisfies Record<string, { retryable: boolean; meaning: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** Something an operator should know that did not end anything. */
export const warningCodes = {
  control_overflow_near: 'the control lane is more than half full; frequent messages are coalesced',
  foreign_datagram: 'datagrams came from an address that is not the voice server',
  unknown_ssrc_expired: 'packets of an SSRC nobody was named for within 2 s were given up',
  user_undecryptable: 'more than 20 % of a person’s packets could not be decrypted for 2 s',
  user_given_up: 'three recoveries did not help; the person is marked undecryptable',
  encryption_recovering: 'the end-to-end encryption session is being built anew',
  encryption_downgraded: 'the call is no longer end-to-end encrypted',
  no_datagrams: 'people are speaking and no datagram arrives; the connection is probed',
  server_deafened: 'a moderator deafened the bot; nothing can be heard',
  op4_held_back: 'a voice state update was held back to one a second',
  disk_slow: 'a write took longer than 500 ms',
  disk_low: 'free space is close to the limit at which the recording stops',
  write_queue_full: 'the bounded write queue of a file was full and packets were dropped',
  sound_dropped: 'a sound frame was not sent because end-to-end encryption was not ready',
  supervisor_silent: 'no ping from the supervisor for 5 s; the recording goes on',
  loop_blocked: 'the event loop was blocked for more than 200 ms',
  disk_failed: 'the disk failed while a recording was being closed; what was not written is counted',
  playout_late: 'frames of what the bot plays left late; the machine is too busy',
  speech_underrun: 'an utterance ran out of audio before its end',
  speech_dropped: 'audio came for an utterance that is over or unknown, or beyond what was granted',
  journal_failed: 'a line of the journal could not be written',
} as const satisfies Record<string, string>;

export type WarningCode = keyof typeof warningCodes;

/** Exit codes of voxproc (02-protocol). */
export const exitCodes = {
  asked: 0,
  protocol_version: 64,
  garbage: 65,
  bad_config: 66,
  voice_unrecoverable: 67,
  internal: 70,
  orphaned: 75,
} as const satisfies Record<string, number>;

export type ExitReason = keyof typeof exitCodes;

/** Why a voice connection is over for good. Close codes: Discord's voice documentation, "Voice Close Event Codes". */
export const voiceEndReasons = {
  removed: 'the bot was removed from the channel (kicked, or the channel was deleted)',
  moved: 'the bot was moved to another channel',
  authentication_failed: 'the voice server refused the token (4004)',
  server_not_found: 'the voice server does not exist (4011)',
  unknown_protocol: 'the voice server refused the protocol (4012)',
  unknown_encryption_mode: 'no common encryption mode (4016)',
  encryption_required: 'the call demands end-to-end encryption (4017)',
  rate_limited: 'the voice server said twice that there are too many connections (4021)',
  unreachable: 'the voice server could not be reached again',
  left: 'the bot was asked to leave',
} as const satisfies Record<string, string>;

export type VoiceEndReason = keyof typeof voiceEndReasons;

/** Why a capture ended. */
export const captureEndReasons = {
  silence: 'the person has been silent for as long as the capture waits',
  max_length: 'it is as long as a capture may be',
  stopped: 'the supervisor asked for it',
  left: 'the person left',
  excluded: 'the person opted out, or may not be heard any more',
  failed: 'a defect; what was heard last is lost, and the log has the stack',
  session_ended: 'the channel was left',
} as const satisfies Record<string, string>;

export type CaptureEndReason = keyof typeof captureEndReasons;

/** What became of an utterance. */
export const playbackOutcomes = {
  played: 'all of it was sent',
  cancelled: 'the supervisor silenced it',
  aborted: 'the channel was left, or nothing could be sent for too long',
} as const satisfies Record<string, string>;

export type PlaybackOutcome = keyof typeof playbackOutcomes;

/** Why music could not be played, or not to its end. */
export const musicFailures = {
  file_unreadable: 'the file could not be read',
  address_refused: 'the host has no public address',
  fetch_failed: 'the address did not answer with audio',
  ffmpeg_failed: 'ffmpeg could not be started, or could not decode it',
  too_slow: 'the source delivers slower than it plays',
} as const satisfies Record<string, string>;

export type MusicFailure = keyof typeof musicFailures;

const keysOf = <T extends Record<string, unknown>>(table: T) =>
  Object.keys(table) as [keyof T & string, ...(keyof T & string)[]];

export const warningCodeList = keysOf(warningCodes);
export const voiceEndReasonList = keysOf(voiceEndReasons);
export const captureEndReasonList = keysOf(captureEndReasons);
export const playbackOutcomeList = keysOf(playbackOutcomes);
export const musicFailureList = keysOf(musicFailures);
