import type { IncomingMessage } from 'node:http';
import type { HttpAnswer } from './diagnostics.ts';

/** How much of an answer is read; refusals say what they are in their first lines. */
const mostBytes = 4_096;

/** Reads the beginning of an answer that came instead of a socket. Whoever sends it slowly is cut off by the connection's own time limit. */
export const readAnswer = async (response: IncomingMessage): Promise<HttpAnswer> => {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      pieces.push(piece);
      size += piece.length;
      if (size >= mostBytes) break;
    }
  } catch {
    // Broken off: what came is told.
  }
  return {
    statusCode: response.statusCode ?? 0,
    statusMessage: response.statusMessage ?? '',
    headers: response.headers,
    body: Buffer.concat(pieces).toString('utf8').slice(0, mostBytes),
  };
};
