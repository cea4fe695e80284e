import { ERASED_USER_ID } from '@parley/mux';

/** A voice channel as Discord shows it. */
export const channelName = (id: string): string => `<#${id}>`;

/** A person as Discord shows them; nobody is notified, since every message forbids mentions. Who was erased has no name any more. */
export const personName = (id: string): string => (id === ERASED_USER_ID ? 'somebody' : `<@${id}>`);

/** At most `limit` people, then how many more. */
export const people = (ids: readonly string[], limit = 20): string => {
  if (ids.length === 0) return 'nobody';
  const shown = ids.slice(0, limit).map(personName).join(', ');
  return ids.length > limit ? `${shown} and ${ids.length - limit} more` : shown;
};

/** "45 s", "12 min", "1 h 5 min": whole units, never less than a second. */
export const duration = (ms: number): string => {
  const seconds = Math.max(1, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? '' : ` ${rest} min`}`;
};

/** Bytes as "640 kB", "12 MB" or "3.4 GB" (powers of 1000). */
export const size = (bytes: number): string => {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  if (bytes < 1e9) return `${Math.round(bytes / 1e6)} MB`;
  return `${(bytes / 1e9).toFixed(1)} GB`;
};

/** "1 person", "3 people". */
export const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

/** How long recordings are kept, as the end of a sentence. */
export const retention = ({
  retentionDays: days,
  retentionGigabytes: gigabytes,
}: {
  readonly retentionDays: number;
  readonly retentionGigabytes: number;
}): string => {
  const room = `when all recordings of this server take more than ${gigabytes} GB and it is the oldest`;
  if (days === 0) return gigabytes === 0 ? 'kept until somebody deletes it' : `deleted ${room}`;
  const after = `deleted after ${counted(days, 'day', 'days')}`;
  return gigabytes === 0 ? after : `${after}, or earlier ${room}`;
};

/** Text from outside (an error, what somebody typed) as inline code: one line, nothing in it can format or end the code. */
export const quoted = (text: string, limit = 220): string => {
  const line = text.replaceAll(/[`\s]+/g, ' ').trim();
  const points = [...line];
  return `\`${points.length > limit ? `${points.slice(0, limit - 1).join('')}…` : line || ' '}\``;
};

/** Slash commands of their own; every other is a subcommand of `/parley`. */
export const topLevelCommands: ReadonlySet<string> = new Set(['join', 'leave', 'status']);

/** A command as a slash command. */
export const slashName = (name: string): string => (topLevelCommands.has(name) ? `/${name}` : `/parley ${name}`);

/** A command in both forms: "`/parley optout` (or `!optout`)". */
export const command = (prefix: string, name: string): string => `\`${slashName(name)}\` (or \`${prefix}${name}\`)`;

/** "a", "a or b", "a, b or c". */
export const listed = (words: readonly string[]): string =>
  words.length <= 1 ? (words[0] ?? 'nothing') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;

/** A place in a recording: "0:07", "1:02:03". */
export const position = (ms: number): string => {
  const seconds = Math.floor(Math.max(0, ms) / 1000);
  const pad = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  const rest = pad(seconds % 60);
  return minutes < 60 ? `${minutes}:${rest}` : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${rest}`;
};

const grouped = new Intl.NumberFormat('en-US');

/** What became of the packets on their way, in a sentence: "12 packets of 184,220 were lost and concealed." */
export const packetsLost = (lost: number, all: number): string => {
  if (all === 0) return 'No packet came.';
  if (lost === 0) return `None of ${grouped.format(all)} packets was lost.`;
  return `${counted(lost, 'packet', 'packets').replace(String(lost), grouped.format(lost))} of ${grouped.format(all)} ${lost === 1 ? 'was' : 'were'} lost and concealed.`;
};
