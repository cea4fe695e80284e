import { SAMPLE_RATE } from '../formats/recording-layout.ts';

/** `90`, `1:30`, `0:01:30`, each with a fraction of a second when wanted. */
const timeForm = /^(?:(?:(\d{1,4}):)?(\d{1,6}):)?(\d{1,9})(?:[.,](\d{1,6}))?$/;

/**
 * Reads a place in a recording as people write it: seconds, `mm:ss` or `h:mm:ss`, with a fraction when wanted.
 * @returns samples at 48 kHz, to the nearest; null when it is no time, or minutes and seconds beyond 59 stand behind a colon
 */
export const parseTimeText = (text: string): number | null => {
  const match = timeForm.exec(text.trim());
  if (match === null) return null;
  const [, hours, minutes, seconds = '', fraction = ''] = match;
  if (minutes !== undefined && (Number(seconds) > 59 || seconds.length > 2)) return null;
  if (hours !== undefined && Number(minutes) > 59) return null;
  const whole = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds);
  return Math.round((whole + Number(`0.${fraction || '0'}`)) * SAMPLE_RATE);
};

/** A place in a recording as people read it: `1:02:03`, `2:03`, with milliseconds when it is no whole second. */
export const formatTimeText = (sample: number): string => {
  const ms = Math.round((sample / SAMPLE_RATE) * 1000);
  const [hours, minutes, seconds] = [ms / 3_600_000, (ms / 60_000) % 60, (ms / 1000) % 60].map(Math.floor) as [
    number,
    number,
    number,
  ];
  const two = (value: number): string => String(value).padStart(2, '0');
  const rest = ms % 1000 === 0 ? '' : `.${String(ms % 1000).padStart(3, '0')}`;
  return `${hours > 0 ? `${hours}:${two(minutes)}` : String(minutes)}:${two(seconds)}${rest}`;
};
