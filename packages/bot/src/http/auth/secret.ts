import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A secret for a person to carry (256 random bits, base64url), and what is kept of it. */
export interface NewSecret {
  readonly secret: string;
  /** SHA-256, hexadecimal: whoever reads the database can sign in as nobody. */
  readonly hash: string;
}

const pattern = /^[\w-]{43}$/;

export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

export const newSecret = (): NewSecret => {
  const secret = randomBytes(32).toString('base64url');
  return { secret, hash: hashOf(secret) };
};

/** Whether it has the form of a secret; anything else is not even looked up. */
export const isSecret = (text: unknown): text is string => typeof text === 'string' && pattern.test(text);

/** Compares in constant time. */
export const sameText = (given: string, wanted: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
};
