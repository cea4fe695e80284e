import type { ApiRecordingBrief } from '@parley/protocol/api';

export interface Day {
  readonly day: string;
  readonly label: string;
  readonly items: readonly ApiRecordingBrief[];
}

const dayFormat = new Intl.DateTimeFormat(undefined, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});

const dayOf = (ms: number): string => {
  const date = new Date(ms);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
};

/** Recordings by the reader's day, in the order they came; what runs now stands before all. */
export const byDay = (recordings: readonly ApiRecordingBrief[], now = Date.now()): readonly Day[] => {
  const live = recordings.filter(({ status }) => status === 'recording');
  const days = new Map<string, ApiRecordingBrief[]>();
  for (const recording of recordings) {
    if (recording.status === 'recording') continue;
    const day = dayOf(recording.startTime);
    days.set(day, [...(days.get(day) ?? []), recording]);
  }
  const named = (day: string, ms: number): string => {
    if (day === dayOf(now)) return 'Today';
    return day === dayOf(now - 86_400_000) ? 'Yesterday' : dayFormat.format(ms);
  };
  const past = [...days].map(([day, items]) => ({ day, label: named(day, items[0]?.startTime ?? 0), items }));
  return live.length === 0 ? past : [{ day: 'live', label: 'Running now', items: live }, ...past];
};
