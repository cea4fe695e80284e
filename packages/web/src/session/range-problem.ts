/** A time as somebody typed it, and what it was understood as; null: nothing was typed, or it is no time. */
export interface TypedTime {
  readonly text: string;
  readonly ms: number | null;
}

const notATime = ({ text, ms }: TypedTime): boolean => text.trim() !== '' && ms === null;

/** What is wrong with a range; null when nothing is. */
export const rangeProblem = (from: TypedTime, to: TypedTime, durationMs: number): string | null => {
  for (const time of [from, to]) {
    if (notATime(time)) return `“${time.text}” is no time. Write it like 1:30 or 1:02:03.`;
  }
  if ((from.ms ?? 0) >= durationMs) return 'The part begins after the recording has ended.';
  if (to.ms !== null && to.ms <= (from.ms ?? 0)) return 'The part ends before it begins.';
  return null;
};
