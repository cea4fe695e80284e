import { type JournalLine, journalLineSchema } from '../formats/journal.ts';
import { parseSegmentName } from '../job/rebuild-sidecar.ts';

/** Stands where the id of an erased person stood and something has to stand: nobody has it. */
export const ERASED_USER_ID = '0';

/** The id as a whole: not a part of a longer number or name. */
const asWhole = (userId: string): RegExp => new RegExp(`(?<![A-Za-z0-9_])${userId}(?![A-Za-z0-9_])`, 'g');

/** Whether a text holds the id, and not only as a part of another one. */
export const holdsId = (text: string, userId: string): boolean => text.includes(userId) && asWhole(userId).test(text);

/** The text with nobody's id in the place of this one. */
export const withoutId = (text: string, userId: string): string =>
  text.includes(userId) ? text.replaceAll(asWhole(userId), ERASED_USER_ID) : text;

const parse = (text: string): { json: unknown; line: JournalLine | null } | null => {
  try {
    const json: unknown = JSON.parse(text);
    return { json, line: journalLineSchema.safeParse(json).data ?? null };
  } catch {
    return null;
  }
};

/** Where what a line tells of belongs, in samples: a segment counts by its start, since its end may be noted later. */
const sampleOf = (line: JournalLine, segmentId: string | null): number => {
  const [userId = '', stem = ''] = segmentId?.split('/') ?? [];
  return (segmentId === null ? null : parseSegmentName(userId, stem)?.startSample) ?? line.sample;
};

/**
 * What a line of a journal becomes when a person is erased; null: it stays as it is. What was noted of them becomes a sign of life of
 * the same time, so that the recording keeps its length; what they decided stays, with their id; a line that cannot be read, and so
 * cannot be shown to be free of them, is blanked. Never longer than the line. Pure.
 *
 * @param upTo erase what belongs before this sample
 */
export const erasedLine = (text: string, userId: string, upTo: number): string | null => {
  if (text.trim() === '') return null;
  const parsed = parse(text);
  if (parsed === null) return '';
  const { line } = parsed;
  if (line === null) return holdsId(text, userId) ? '' : null;
  if (line.type === 'consent') return null;
  const segmentId = 'segmentId' in line ? line.segmentId : null;
  const isTheirs = segmentId === null ? 'userId' in line && line.userId === userId : segmentId.startsWith(`${userId}/`);
  if (isTheirs) {
    if (sampleOf(line, segmentId) >= upTo) return null;
    return JSON.stringify({ v: 1, at: line.at, sample: line.sample, type: 'alive' } satisfies JournalLine);
  }
  return holdsId(text, userId) ? withoutId(text, userId) : null;
};
