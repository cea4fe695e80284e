import type { Readable } from 'node:stream';

/** How long a line may be, in UTF-16 code units; the rest of a longer one is cut off. */
export const longestLine = 65_536;

/** Hands on each line of a stream as UTF-8, without its end; a last one without an end too. What waits for an end is bounded. */
export const readLines = (stream: Readable, onLine: (line: string) => void): void => {
  let waiting = '';
  const emit = () => {
    onLine(waiting.endsWith('\r') ? waiting.slice(0, -1) : waiting);
    waiting = '';
  };
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const [first = '', ...others] = text.split('\n');
    waiting += first.slice(0, longestLine - waiting.length);
    for (const part of others) {
      emit();
      waiting = part.slice(0, longestLine);
    }
  });
  stream.on('end', () => {
    if (waiting !== '') emit();
  });
};
