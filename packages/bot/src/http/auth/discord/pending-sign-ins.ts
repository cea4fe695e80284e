import { createHash, createHmac, randomBytes } from 'node:crypto';
import type { Clock } from '@parley/protocol';
import { z } from 'zod';
import { newSecret, sameText } from '../secret.ts';
import { OAuthFailure } from './oauth-failure.ts';

/** How long somebody may take at Discord, milliseconds. */
export const pendingMs = 10 * 60_000;

const pendingSchema = z.strictObject({
  state: z.string(),
  verifier: z.string(),
  target: z.string(),
  expiresAt: z.number(),
});

/** A sign-in that has gone to Discord and is to come back to the same browser. */
export type PendingSignIn = Readonly<z.infer<typeof pendingSchema>>;

/** The challenge that goes with a verifier (RFC 7636 §4.2, S256). */
export const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url');

/**
 * Sign-ins under way. They travel in the browser's own cookie, signed: nothing is kept for people who never come back, and what was
 * begun in one browser ends in no other. The key lives as long as the process: a restart ends what is under way.
 */
export class PendingSignIns {
  #key = randomBytes(32);
  #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param target path of the page to come to in the end @returns what Discord is to be told, and the cookie's value */
  begin(target: string): { readonly state: string; readonly challenge: string; readonly sealed: string } {
    const [state, verifier] = [newSecret().secret, newSecret().secret];
    const pending: PendingSignIn = { state, verifier, target, expiresAt: this.#clock.now() + pendingMs };
    const text = Buffer.from(JSON.stringify(pending)).toString('base64url');
    return { state, challenge: challengeOf(verifier), sealed: `${text}.${this.#signature(text)}` };
  }

  /** The sign-in of this cookie, where `state` is its own. @throws OAuthFailure state_missing, state_forged, state_expired */
  end(sealed: string | undefined, state: unknown): PendingSignIn {
    if (sealed === undefined || sealed === '') throw new OAuthFailure('state_missing', 'the browser sent no cookie');
    const [text = '', signature = ''] = sealed.split('.');
    if (!sameText(signature, this.#signature(text))) {
      throw new OAuthFailure('state_forged', 'the cookie was not signed here, or before the last start');
    }
    const pending = pendingSchema.parse(JSON.parse(Buffer.from(text, 'base64url').toString('utf8')));
    if (typeof state !== 'string' || !sameText(state, pending.state)) {
      throw new OAuthFailure('state_forged', 'the state is not the one of the cookie');
    }
    if (pending.expiresAt <= this.#clock.now()) throw new OAuthFailure('state_expired', 'it was begun too long ago');
    return pending;
  }

  #signature(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}
