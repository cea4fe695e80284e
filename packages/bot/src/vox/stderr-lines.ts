import type { Readable } from 'node:stream';
import { readLines } from './read-lines.ts';

/** How many lines of a child's stderr are kept for a crash report. */
export const keptStderrLines = 50;

/** Hands each line of a child's stderr on and keeps the last of them. */
export class StderrLines {
  #kept: string[] = [];

  constructor(stream: Readable, onLine: (line: string) => void) {
    readLines(stream, (line) => {
      this.#kept.push(line);
      if (this.#kept.length > keptStderrLines) this.#kept.shift();
      onLine(line);
    });
    stream.on('error', () => undefined); // its end comes with that of the child
  }

  get tail(): readonly string[] {
    return [...this.#kept];
  }
}
