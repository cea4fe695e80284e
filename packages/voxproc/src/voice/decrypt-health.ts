/** When a person counts as undecryptable, and what is done about it (03-recording §1.6). */
export const decryptHealthRules = {
  /** Share of failures above which a second counts as bad. */
  badShare: 0.2,
  /** Frames below which a second proves nothing. */
  minFrames: 5,
  /** How long it must be bad. */
  badForMs: 2000,
  /** Recoveries of the encryption session before a person is given up. */
  maxRecoveries: 3,
  /** Pause after the first recovery; doubled after each further one. */
  firstPauseMs: 10_000,
} as const;

const WINDOW_MS = 1000;
const BUCKET_MS = 100;
const BUCKETS = WINDOW_MS / BUCKET_MS;

/** What to do or to note about one person. `sinceMs`: when the bad stretch began. */
export type HealthVerdict =
  /** `attempt` 1–3: the encryption session is to be built anew. */
  | { readonly kind: 'recover'; readonly userId: string; readonly attempt: number; readonly sinceMs: number }
  | { readonly kind: 'given_up'; readonly userId: string; readonly sinceMs: number }
  | { readonly kind: 'healthy'; readonly userId: string; readonly sinceMs: number };

interface Person {
  readonly frames: Uint16Array;
  readonly failures: Uint16Array;
  bucket: number;
  badSinceMs: number | null;
  /** Whether a verdict was given on the current bad stretch, which a `healthy` has to close. */
  told: boolean;
  recoveries: number;
  nextRecoveryMs: number;
  givenUp: boolean;
}

/** Counts per person how many frames could not be decrypted. Pure: fed with explicit milliseconds, asked by `tick`. */
export class DecryptHealth {
  #people = new Map<string, Person>();

  opened(userId: string, nowMs: number): void {
    const person = this.#at(userId, nowMs);
    const slot = person.bucket % BUCKETS;
    person.frames[slot] = (person.frames[slot] as number) + 1;
  }

  failed(userId: string, nowMs: number): void {
    const person = this.#at(userId, nowMs);
    const slot = person.bucket % BUCKETS;
    person.frames[slot] = (person.frames[slot] as number) + 1;
    person.failures[slot] = (person.failures[slot] as number) + 1;
  }

  isGivenUp(userId: string): boolean {
    return this.#people.get(userId)?.givenUp ?? false;
  }

  /** The bad stretches told of so far that have not ended: what remains to be named when the session ends. */
  open(): { readonly userId: string; readonly sinceMs: number }[] {
    const open: { userId: string; sinceMs: number }[] = [];
    for (const [userId, { told, badSinceMs }] of this.#people) {
      if (told && badSinceMs !== null) open.push({ userId, sinceMs: badSinceMs });
    }
    return open;
  }

  /** A person left: nothing is held against them when they come back. */
  forget(userId: string): void {
    this.#people.delete(userId);
  }

  clear(): void {
    this.#people.clear();
  }

  /** To be called a few times a second. */
  tick(nowMs: number): HealthVerdict[] {
    const verdicts: HealthVerdict[] = [];
    for (const userId of this.#people.keys()) {
      const verdict = this.#judge(userId, this.#at(userId, nowMs), nowMs);
      if (verdict) verdicts.push(verdict);
    }
    return verdicts;
  }

  #judge(userId: string, person: Person, nowMs: number): HealthVerdict | null {
    const frames = sum(person.frames);
    if (frames < decryptHealthRules.minFrames) return null;
    if (sum(person.failures) / frames <= decryptHealthRules.badShare) return this.#recovered(userId, person);
    person.badSinceMs ??= nowMs - WINDOW_MS;
    const sinceMs = person.badSinceMs;
    if (nowMs - sinceMs - WINDOW_MS < decryptHealthRules.badForMs) return null;
    if (person.givenUp || nowMs < person.nextRecoveryMs) return null;
    person.told = true;
    if (person.recoveries >= decryptHealthRules.maxRecoveries) {
      person.givenUp = true;
      return { kind: 'given_up', userId, sinceMs };
    }
    person.nextRecoveryMs = nowMs + decryptHealthRules.firstPauseMs * 2 ** person.recoveries;
    person.recoveries += 1;
    return { kind: 'recover', userId, attempt: person.recoveries, sinceMs };
  }

  #recovered(userId: string, person: Person): HealthVerdict | null {
    const { told, badSinceMs } = person;
    person.badSinceMs = null;
    if (!told || badSinceMs === null) return null;
    person.told = false;
    person.givenUp = false;
    person.recoveries = 0;
    return { kind: 'healthy', userId, sinceMs: badSinceMs };
  }

  /** The person, with the buckets that have passed since they were last seen emptied. */
  #at(userId: string, nowMs: number): Person {
    const bucket = Math.floor(nowMs / BUCKET_MS);
    let person = this.#people.get(userId);
    if (!person) {
      person = newPerson(bucket);
      this.#people.set(userId, person);
    }
    for (let passed = Math.min(bucket - person.bucket, BUCKETS); passed > 0; passed -= 1) {
      const slot = (bucket - passed + 1) % BUCKETS;
      person.frames[slot] = 0;
      person.failures[slot] = 0;
    }
    person.bucket = Math.max(person.bucket, bucket);
    return person;
  }
}

const newPerson = (bucket: number): Person => ({
  frames: new Uint16Array(BUCKETS),
  failures: new Uint16Array(BUCKETS),
  bucket,
  badSinceMs: null,
  told: false,
  recoveries: 0,
  nextRecoveryMs: 0,
  givenUp: false,
});

const sum = (counts: Uint16Array): number => {
  let total = 0;
  for (const count of counts) total += count;
  return total;
};
