/** Why something was refused. `fatal`: the connection is closed after it. */
export const duplexErrorCodes = {
  bad_json: { fatal: false, meaning: 'the message is no JSON object with a type' },
  unknown_type: { fatal: false, meaning: 'there is no such message' },
  bad_message: { fatal: false, meaning: 'a field is missing or out of range' },
  bad_audio: { fatal: false, meaning: 'the audio cannot be read' },
  bad_config: { fatal: true, meaning: 'the configuration cannot be used' },
  unsupported_option: { fatal: false, meaning: 'this option is switched off here' },
  too_big: { fatal: true, meaning: 'the message is larger than is taken' },
  not_prepared: { fatal: false, meaning: 'the session has not been prepared' },
  already_prepared: { fatal: false, meaning: 'the session has been prepared already' },
  paused: { fatal: false, meaning: 'the session is paused; what was sent is not heard' },
  too_fast: { fatal: false, meaning: 'audio comes faster than it is spoken' },
  queue_full: { fatal: true, meaning: 'too many are waiting; try again later' },
  unavailable: { fatal: true, meaning: 'the agent cannot be reached now' },
  replaced: { fatal: true, meaning: 'the session was opened somewhere else' },
  max_duration: { fatal: true, meaning: 'the session has lasted as long as it may' },
  internal: { fatal: true, meaning: 'a defect; the log has it' },
} as const satisfies Record<string, { fatal: boolean; meaning: string }>;
export type DuplexErrorCode = keyof typeof duplexErrorCodes;
