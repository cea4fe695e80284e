/** The place in a listing where the next page begins, as text that a page carries and does not read. */
export interface Cursor {
  readonly startTime: number;
  readonly recordingSessionId: string;
}

export const encodeCursor = ({ startTime, recordingSessionId }: Cursor): string =>
  Buffer.from(`${startTime} ${recordingSessionId}`).toString('base64url');

/** null: it is none of ours. */
export const decodeCursor = (text: string): Cursor | null => {
  const match = /^(\d{1,16}) ([\w-]{1,120})$/.exec(Buffer.from(text, 'base64url').toString());
  return match ? { startTime: Number(match[1]), recordingSessionId: match[2] ?? '' } : null;
};
