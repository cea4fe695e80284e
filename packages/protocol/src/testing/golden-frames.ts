import { readFileSync } from 'node:fs';

/** One frame of each message as it crosses the pipe, by kind and name; the same bytes as long as the protocol is the same. */
export const goldenFrames = (): ReadonlyMap<string, Buffer> => {
  const text = readFileSync(new URL('../golden/frames.json', import.meta.url), 'utf8');
  const frames = Object.entries(JSON.parse(text) as Record<string, string>);
  return new Map(frames.map(([name, hex]) => [name, Buffer.from(hex, 'hex')]));
};
