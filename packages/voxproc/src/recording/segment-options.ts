import type { Hole, RecordingLayout } from '@parley/mux';
import type { Clock } from '@parley/protocol';
import type { Tally } from '../receive/tally.ts';
import type { DiskFailure } from './disk-failure.ts';
import type { RecordingClock } from './recording-clock.ts';
import type { RecordingFs } from './recording-fs.ts';

/** A person's names and whether they are a bot, as the roster has it. */
export interface PersonNames {
  readonly username: string;
  readonly displayName: string;
  readonly bot: boolean | null;
}

/** What all segments of a recording share. */
export interface SegmentContext {
  readonly recordingSessionId: string;
  readonly layout: RecordingLayout;
  readonly fs: RecordingFs;
  readonly clock: Clock;
  readonly time: RecordingClock;
  readonly durable: boolean;
  /** Serial number of the next Ogg stream. */
  newSerial(): number;
  names(userId: string): PersonNames;
  /** Version of the end-to-end encryption, 0 for none. */
  encryptionVersion(): number;
  onFailure(failure: DiskFailure): void;
  /** Told what of a segment could not be written, when the segment is closed. */
  onHole(hole: Hole): void;
  onSlow(ms: number): void;
}

/** What one segment begins with. */
export interface SegmentBeginning {
  readonly userId: string;
  readonly ssrc: number;
  readonly startSample: number;
  readonly part: number;
  /** Unwrapped RTP timestamp of the first packet. */
  readonly rtpStart: number;
  /** `startSample = rtpStart + offset` */
  readonly offset: number;
  readonly lostBetween: number;
  readonly tally: Tally;
}

/** Bytes that may wait for a slow disk per file: two minutes of speech. */
export const QUEUE_LIMIT_BYTES = 1024 * 1024;
/** Age of the oldest packet not paged out, in microseconds, at which a tick makes a page: 500 and 100 ms less one tick. */
export const PAGE_US = 480_000;
export const DURABLE_PAGE_US = 80_000;
/** A file that is not durable is synced this often, in microseconds, and when it is closed. */
export const SYNC_US = 10_000_000;
