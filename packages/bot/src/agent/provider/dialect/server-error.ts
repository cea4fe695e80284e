import type { CloseCode } from '../provider-event.ts';
import type { JsonObject } from '../socket/json.ts';
import { errorOf, fatalCodeOf } from '../socket/refusal.ts';

/** What an `error` event of an open conversation calls for; in all cases but `fatal` it goes on. */
export type ServerError = { readonly code: string; readonly message: string; readonly eventId: string | null } & (
  | { readonly kind: 'fatal'; readonly closeCode: CloseCode }
  | { readonly kind: 'busy' | 'nothing_to_cancel' | 'commit_refused' | 'other' }
);

/** Errors that mean one thing under several names or, of older servers, in words alone. */
const meanings = [
  { kind: 'busy', code: 'conversation_already_has_active_response', words: /active response in progress/i },
  { kind: 'nothing_to_cancel', code: 'response_cancel_not_active', words: /no active response/i },
  { kind: 'commit_refused', code: 'input_audio_buffer_commit_empty', words: /input audio buffer.*buffer too small/i },
] as const;

/** Classifies an `error` event. */
export const serverErrorOf = (event: JsonObject): ServerError => {
  const { code, message, eventId } = errorOf(event);
  const told = { code: code ?? 'unnamed', message, eventId };
  const closeCode = fatalCodeOf(code);
  if (closeCode !== null) return { ...told, kind: 'fatal', closeCode };
  const meant = meanings.find((meaning) => meaning.code === code || meaning.words.test(message));
  return { ...told, kind: meant?.kind ?? 'other' };
};
