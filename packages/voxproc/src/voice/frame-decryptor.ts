import { readDaveTrailer, SILENCE_20MS } from '@parley/mux';
import { type DaveNegotiation, plainAllowed } from './dave-negotiation.ts';

/** The part of the library's end-to-end encryption session that opens frames. */
export interface FrameSession {
  readonly ready: boolean;
  canPassthrough(userId: string): boolean;
  /** @throws when the frame cannot be opened; the message names why. */
  decrypt(userId: string, mediaType: 0 | 1, frame: Buffer): Buffer;
}

/** What is known of the call's end-to-end encryption when a frame is to be opened. */
export interface FrameContext {
  /** null: the library has no encryption session for this call. */
  readonly session: FrameSession | null;
  readonly negotiation: DaveNegotiation;
  /** Keys are changing hands: a failure now says nothing about the frame. */
  readonly rekeying: boolean;
  /** The call has keys that are not ours yet: what it says cannot be opened, and never will be. */
  readonly keyless: boolean;
  readonly nowMs: number;
}

export type OpenedFrame =
  /** `decrypted`: whether it was end-to-end encrypted. */
  | { readonly kind: 'opus'; readonly opus: Buffer; readonly decrypted: boolean }
  /** Not yet: keep it and try again when the encryption session has changed. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'refused'; readonly reason: 'ciphertext' | 'undecryptable' | 'unencrypted' };

const AUDIO = 0;
const SILENCE = Buffer.from(SILENCE_20MS);
const WAIT: OpenedFrame = { kind: 'wait' };
const CIPHERTEXT: OpenedFrame = { kind: 'refused', reason: 'ciphertext' };
const UNDECRYPTABLE: OpenedFrame = { kind: 'refused', reason: 'undecryptable' };
const UNENCRYPTED: OpenedFrame = { kind: 'refused', reason: 'unencrypted' };

/**
 * Opens one frame as the call has negotiated. Silence frames are never encrypted (DAVE protocol, "Silence packets"). Nothing that
 * has the structure of an encrypted frame leaves here as audio unless it was decrypted, and nothing plain does in an encrypted call
 * outside a transition.
 */
export const openFrame = (frame: Buffer, userId: string, context: FrameContext): OpenedFrame => {
  if (SILENCE.equals(frame)) return { kind: 'opus', opus: frame, decrypted: false };
  const { session, negotiation, nowMs } = context;
  if (readDaveTrailer(frame) === null) {
    const allowed = plainAllowed(negotiation, nowMs) || (session?.ready === true && session.canPassthrough(userId));
    return allowed ? { kind: 'opus', opus: frame, decrypted: false } : UNENCRYPTED;
  }
  if (session === null) return CIPHERTEXT;
  if (!session.ready) return WAIT;
  try {
    return { kind: 'opus', opus: session.decrypt(userId, AUDIO, frame), decrypted: true };
  } catch (error) {
    return context.rekeying || isAwaitingKey(error) ? WAIT : UNDECRYPTABLE;
  }
};

/** davey's words for "this person's key has not come yet" (@snazzah/davey 0.1.12). */
const isAwaitingKey = (error: unknown): boolean =>
  error instanceof Error && (error.message.includes('NoDecryptorForUser') || error.message.includes('NotReady'));
