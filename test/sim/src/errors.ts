/** Every way a call on the simulator's own API can fail. */
export type SimErrorCode =
  | 'already_speaking'
  | 'channel_full'
  | 'closed'
  | 'component_not_found'
  | 'encryption_not_ready'
  | 'interaction_failed'
  | 'invalid_argument'
  | 'missing_permission'
  | 'mls_malformed'
  | 'muted'
  | 'no_voice_connection'
  | 'not_in_voice'
  | 'timeout'
  | 'unknown_command'
  | 'unsupported_audio';

/** A failure of the simulator's API, as opposed to an error it answers to a client with. */
export class SimError extends Error {
  readonly code: SimErrorCode;

  constructor(code: SimErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SimError';
    this.code = code;
  }
}
