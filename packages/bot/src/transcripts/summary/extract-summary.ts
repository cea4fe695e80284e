import { clockText, type Turn } from './turns.ts';

/** Turns that are shown, and how much of each. */
const shownTurns = 5;
const shownLength = 280;

const joined = (names: readonly string[]): string =>
  names.length < 2 ? (names[0] ?? 'nobody') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;

const shortened = (text: string): string => {
  if (text.length <= shownLength) return text;
  return `${text.slice(0, shownLength).replace(/\s+\S*$/, '')}…`;
};

/** Who spoke, how long it was, and the longest turns in order of time: a summary without a model. Pure. */
export const extractSummary = (
  turns: readonly Turn[],
  { nameOf, durationMs }: { readonly nameOf: (userId: string) => string; readonly durationMs: number },
): string => {
  const spoken = new Map<string, number>();
  for (const { userId, fromMs, toMs } of turns) spoken.set(userId, (spoken.get(userId) ?? 0) + toMs - fromMs);
  const people = [...spoken].toSorted((a, b) => b[1] - a[1]).map(([userId]) => nameOf(userId));
  const head = `${joined(people)} spoke; the recording is ${clockText(durationMs)} long.`;
  const longest = turns
    .toSorted((a, b) => b.text.length - a.text.length)
    .slice(0, shownTurns)
    .toSorted((a, b) => a.fromMs - b.fromMs);
  if (longest.length === 0) return head;
  return [
    head,
    'The longest turns:',
    ...longest.map(({ userId, fromMs, text }) => `${clockText(fromMs)} ${nameOf(userId)}: ${shortened(text)}`),
  ].join('\n');
};
