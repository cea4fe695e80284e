import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** How many lines of a child's stderr are kept for a crash report. */
export const keptStderrLines = 50;

/** Hands each line of a child's stderr on and keeps the last of them. */
export class StderrLines {
  #kept: string[] = [];

  constructor(stream: Readable, onLine: (line: string) => void) {
    const lines = createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY });
    lines.on('line', (line) => {
      this.#kept.push(line);
      if (this.#kept.length > keptStderrLines) this.#kept.shift();
      onLine(line);
    });
    stream.on('error', () => lines.close());
  }

  get tail(): readonly string[] {
    return [...this.#kept];
  }
}
