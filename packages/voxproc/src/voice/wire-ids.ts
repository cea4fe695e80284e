import { snowflakePattern } from '@parley/protocol';

/** A person's id as the voice gateway sends it; null for anything else. The id becomes part of a path, so its form is not negotiable. */
export const userIdOf = (value: unknown): string | null =>
  typeof value === 'string' && snowflakePattern.test(value) ? value : null;

/** An SSRC as the voice gateway sends it: a 32-bit number other than 0 (which stands for "no such stream"); null for anything else. */
export const ssrcOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= 0xffff_ffff ? value : null;
