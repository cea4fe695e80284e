import { type Duplex, duplexPair } from 'node:stream';

/**
 * Two ends of an in-memory connection: what is written to one is read from the other, with back-pressure. An end that nobody reads makes
 * the other stall after `highWaterMark` bytes, as a full pipe does.
 */
export const linkedStreams = ({ highWaterMark = 65_536 }: { highWaterMark?: number } = {}): [Duplex, Duplex] =>
  duplexPair({ highWaterMark });
