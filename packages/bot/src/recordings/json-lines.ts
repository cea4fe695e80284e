import type { Readable } from 'node:stream';
import { readLines } from '../vox/read-lines.ts';

/** Hands on each line of a stream that is a JSON object; anything else goes to `onOther`. */
export const readJsonLines = (
  stream: Readable,
  onObject: (object: Record<string, unknown>) => void,
  onOther: (line: string) => void,
): void => {
  readLines(stream, (line) => {
    let parsed: unknown;
    try {
      parsed = JSON.parse(line);
    } catch {
      onOther(line);
      return;
    }
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      onObject(parsed as Record<string, unknown>);
    else onOther(line);
  });
};
