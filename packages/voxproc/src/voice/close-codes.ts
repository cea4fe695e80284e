import type { VoiceEndReason } from '@parley/protocol';

/** What a close of the voice socket asks for (03-recording §1.8). */
export type CloseAction =
  /** Ask the main gateway for a new voice session. */
  | { readonly kind: 'new_session' }
  /** The library has resumed once if it could; a close that reaches us means that this failed, or that there was nothing to resume. */
  | { readonly kind: 'resume_failed' }
  /** Removed or moved: our own voice state tells which. */
  | { readonly kind: 'await_voice_state' }
  /** Too many connections: one more try after a pause. */
  | { readonly kind: 'retry_once' }
  | { readonly kind: 'terminal'; readonly reason: VoiceEndReason };

/** Close codes with a meaning of their own: Discord's voice documentation, "Voice Close Event Codes". */
const actions: Readonly<Record<number, CloseAction>> = {
  4004: { kind: 'terminal', reason: 'authentication_failed' },
  4006: { kind: 'new_session' },
  4009: { kind: 'new_session' },
  4011: { kind: 'terminal', reason: 'server_not_found' },
  4012: { kind: 'terminal', reason: 'unknown_protocol' },
  4014: { kind: 'await_voice_state' },
  4015: { kind: 'resume_failed' },
  4016: { kind: 'terminal', reason: 'unknown_encryption_mode' },
  4017: { kind: 'terminal', reason: 'encryption_required' },
  4021: { kind: 'retry_once' },
  4022: { kind: 'await_voice_state' },
};

/** Codes below 4000 are of the transport (1006: the connection broke); unknown ones from 4000 on ask for a new session. */
export const closeAction = (code: number): CloseAction =>
  actions[code] ?? (code < 4000 ? { kind: 'resume_failed' } : { kind: 'new_session' });
