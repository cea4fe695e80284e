import type { CloseCode } from '../provider-event.ts';
import { fatalCodeOf } from '../socket/refusal.ts';

/** What ElevenLabs calls its errors that end a socket (its guide "Errors", types of its package for realtime transcription). */
const codes: Readonly<Record<string, CloseCode>> = {
  auth_error: 'key_refused',
  needs_authorization: 'key_refused',
  missing_permissions: 'key_refused',
  unaccepted_terms: 'key_refused',
  payment_required: 'quota_exhausted',
  free_users_not_allowed: 'quota_exhausted',
  voice_not_found: 'bad_config',
  invalid_request: 'bad_config',
  invalid_voice_id: 'bad_config',
  unsupported_output_format: 'bad_config',
  too_many_concurrent_requests: 'rate_limited',
  max_active_conversations: 'rate_limited',
  rate_limited: 'rate_limited',
  resource_exhausted: 'rate_limited',
  queue_overflow: 'rate_limited',
  system_busy: 'rate_limited',
  session_time_limit_exceeded: 'session_expired',
  // Nobody spoke for long: the next socket serves as well.
  input_timeout_exceeded: 'session_expired',
};

/** The end that a code of ElevenLabs means; null: nothing ends. */
export const elevenLabsFatal = (code: string): CloseCode | null =>
  fatalCodeOf(code) ?? (Object.hasOwn(codes, code) ? (codes[code] ?? null) : null);

/** The same for an answer or a close frame in which a code stands somewhere. */
export const elevenLabsCodeOf = (words: string): CloseCode | null => {
  for (const word of words.match(/[a-z_]{8,}/g) ?? []) {
    const code = elevenLabsFatal(word);
    if (code !== null) return code;
  }
  return null;
};
