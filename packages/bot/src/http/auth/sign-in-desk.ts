import type { Clock } from '@parley/protocol';
import type { SignInRow, Store } from '../../store/index.ts';
import { hashOf, isSecret, newSecret } from './secret.ts';

/**
 * How long a link can be used, a sign-in lasts without being used, and at most however much it is used, and how often its use is written
 * down; milliseconds.
 */
export const signInTimes = {
  linkMs: 10 * 60_000,
  signInMs: 7 * 86_400_000,
  mostMs: 30 * 86_400_000,
  prolongMs: 3_600_000,
  /** How often what has expired is removed. */
  sweepMs: 3_600_000,
} as const;

/** Pages a link may lead to: the library and recordings. */
const targets = /^\/(?:s\/[\w-]{1,120}(?:\?t=\d{1,7})?)?$/;

/** A fresh sign-in: what the browser gets as its cookie. */
export interface NewSignIn {
  readonly secret: string;
  /** When it ends at the latest, epoch milliseconds: until then the browser keeps the cookie, and the desk decides. */
  readonly lastsUntil: number;
  /** Path of the page to go to. */
  readonly target: string;
}

/** Signs people in and out of the pages. Links are for one person and work once; secrets are kept as hashes only. */
export class SignInDesk {
  #store: Pick<Store, 'signIns'>;
  #clock: Clock;

  constructor(store: Pick<Store, 'signIns'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** A path that signs this person in, once, within ten minutes; earlier ones of theirs stop working. @throws StoreError */
  async linkFor(userId: string, target: string): Promise<string> {
    const { secret, hash } = newSecret();
    const now = this.#clock.now();
    await this.#store.signIns.linkMade({
      ...{ hash, userId, createdAt: now, expiresAt: now + signInTimes.linkMs },
      target: targets.test(target) ? target : '/',
    });
    return `/sign-in/${secret}`;
  }

  /** Whom a link signs in, and to which page, without using it up. null: unknown, used, or too old. @throws StoreError */
  async look(secret: unknown): Promise<{ readonly userId: string; readonly target: string } | null> {
    return isSecret(secret) ? await this.#store.signIns.linkSeen(hashOf(secret), this.#clock.now()) : null;
  }

  /** Uses a link up. null: unknown, used, or too old. @throws StoreError */
  async use(secret: unknown): Promise<NewSignIn | null> {
    if (!isSecret(secret)) return null;
    const used = await this.#store.signIns.linkUsed(hashOf(secret), this.#clock.now());
    return used && (await this.begin(used.userId, used.target));
  }

  /** Signs somebody in whose identity is proven. @throws StoreError */
  async begin(userId: string, target: string): Promise<NewSignIn> {
    const { secret, hash } = newSecret();
    const now = this.#clock.now();
    const expiresAt = now + signInTimes.signInMs;
    await this.#store.signIns.begun({ hash, userId, csrf: newSecret().secret, createdAt: now, expiresAt });
    return { secret, lastsUntil: now + signInTimes.mostMs, target: targets.test(target) ? target : '/' };
  }

  /** Who carries this secret; null: nobody. A sign-in that is used goes on for another week, up to its last day. @throws StoreError */
  async who(secret: unknown): Promise<SignInRow | null> {
    if (!isSecret(secret)) return null;
    const now = this.#clock.now();
    const found = await this.#store.signIns.get(hashOf(secret), now);
    if (!found) return null;
    const expiresAt = Math.min(now + signInTimes.signInMs, found.createdAt + signInTimes.mostMs);
    if (expiresAt - found.expiresAt < signInTimes.prolongMs) return found;
    await this.#store.signIns.prolonged(found.hash, expiresAt);
    return { ...found, expiresAt };
  }

  /** Removes links and sign-ins that have expired. */
  async sweep(): Promise<void> {
    await this.#store.signIns.sweep(this.#clock.now());
  }

  /** Ends every sign-in of a person, and their links. @returns how many sign-ins that were @throws StoreError */
  async endAll(userId: string): Promise<number> {
    return await this.#store.signIns.endedAll(userId);
  }

  async end({ hash }: SignInRow): Promise<void> {
    await this.#store.signIns.ended(hash);
  }
}
