import { withoutId } from './erased-line.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether an entry of a list tells of this person: by who it names, or by the file it speaks of. */
const isOf = (value: unknown, userId: string): boolean => {
  if (!isObject(value)) return value === userId;
  if (value.userId === userId) return true;
  const names = [value.segmentId, value.file].filter((name) => typeof name === 'string');
  return names.some((name) => name.split(/[/.]/).includes(userId));
};

/**
 * A JSON value without a person: entries of lists and keys of objects that are theirs are left out, their id elsewhere is nobody's.
 * What stands under a kept key stays as it is. Pure.
 */
export const scrub = (value: unknown, userId: string, kept: ReadonlySet<string> = new Set()): unknown => {
  if (typeof value === 'string') return withoutId(value, userId);
  if (Array.isArray(value)) {
    return value.filter((entry) => !isOf(entry, userId)).map((entry) => scrub(entry, userId, kept));
  }
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([key]) => key !== userId);
  return Object.fromEntries(entries.map(([key, inner]) => [key, kept.has(key) ? inner : scrub(inner, userId, kept)]));
};
