/** `4:05`, `1:04:05`; whole seconds, rounded down as clocks do. */
export const clockTime = (ms: number): string => {
  const total = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const seconds = String(s).padStart(2, '0');
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${seconds}` : `${m}:${seconds}`;
};

/** `3 s`, `4 min`, `1 h 5 min`: how long something is, for reading. */
export const lengthInWords = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return rest === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${rest} min`;
};

/** The same for screen readers, which read `1:04` as a ratio. */
export const spokenTime = (ms: number): string => {
  const total = Math.max(0, Math.floor(ms / 1000));
  const parts = [
    [Math.floor(total / 3600), 'hour'],
    [Math.floor(total / 60) % 60, 'minute'],
    [total % 60, 'second'],
  ] as const;
  const said = parts.filter(([n]) => n > 0).map(([n, unit]) => `${n} ${unit}${n === 1 ? '' : 's'}`);
  return said.length === 0 ? '0 seconds' : said.join(' ');
};

/**
 * Reads what a person types as a time: `90`, `1:30`, `1:02:03`, `1:30.5`.
 * @returns milliseconds; null when it is no time
 */
export const parseClockTime = (text: string): number | null => {
  const match = /^(?:(?:(\d+):)?([0-5]?\d):)?(\d+(?:\.\d+)?)$/.exec(text.trim());
  if (!match) return null;
  const [, h = '0', m, s = '0'] = match;
  if (m !== undefined && Number(s) >= 60) return null;
  return Math.round((Number(h) * 3600 + Number(m ?? 0) * 60 + Number(s)) * 1000);
};
