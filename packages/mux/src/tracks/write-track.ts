import { setImmediate } from 'node:timers/promises';
import { collectYoung } from '../collect-young.ts';
import { PRE_SKIP } from '../ogg/opus-headers.ts';
import type { OpusPacket } from '../ogg/opus-stream.ts';
import { OggOpusWriter } from '../ogg/opus-writer.ts';
import { readOpusFileSync } from '../ogg/read-opus.ts';
import type { PersonTimeline } from '../timeline/timeline.ts';
import { chapterComments } from './chapters.ts';
import { PageFile } from './page-file.ts';
import { groupPlacements, TrackAssembler, type TrackCounts } from './track-packets.ts';

export interface TrackJob {
  readonly person: PersonTimeline;
  readonly durationSamples: number;
  /**
   * When the track is a part of a recording: how many samples of it come before the part, for the decoder to settle. Players leave
   * them out (pre-skip), and the part's last samples come from the packets after it, as they would in the whole.
   */
  readonly leadSamples?: number;
  readonly recordingSessionId: string;
  /** Where the track goes. */
  readonly path: string;
  /** Path of a segment's audio. */
  readonly fileOf: (segmentId: string) => string;
  readonly signal?: AbortSignal;
  /** Told the share done, 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

export interface TrackResult {
  readonly path: string;
  readonly bytes: number;
  readonly pages: number;
  readonly counts: TrackCounts;
}

function* packetsOf(path: string): Generator<OpusPacket, void, undefined> {
  for (const event of readOpusFileSync(path)) {
    if (event.type === 'page') yield* event.packets;
  }
}

/** A stable serial number of a stream (FNV-1a of what it is of), so that the same recording gives the same bytes. */
export const serialOf = (userId: string): number => {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(userId, 'utf8')) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
};

/** Segments between two looks at the event loop: aborts and progress get through, the cost is nothing. */
const SEGMENTS_A_TURN = 32;

/**
 * Writes one person's full-length track by copying packets: nothing is decoded. The track is exactly as long as the recording, holes
 * are silence and chapters. Written under a temporary name, synced, renamed.
 * @throws the file system's error, or the signal's reason
 */
export const writeTrack = async (job: TrackJob): Promise<TrackResult> => {
  const { person, durationSamples, leadSamples, recordingSessionId, path } = job;
  const granuleEnd = (leadSamples ?? 0) + durationSamples + PRE_SKIP;
  const writer = new OggOpusWriter({
    serial: serialOf(person.userId),
    preSkip: PRE_SKIP + (leadSamples ?? 0),
    reusePages: true,
    comments: {
      TITLE: person.displayName,
      PARLEY_RECORDING: recordingSessionId,
      PARLEY_USER: person.userId,
      ...chapterComments(person.holes, durationSamples),
    },
  });
  using file = new PageFile(path);
  file.append(writer.header());
  const packetsEnd = leadSamples === undefined ? durationSamples : granuleEnd;
  const assembler = new TrackAssembler(person, packetsEnd, (packet, samples) =>
    file.append(writer.push(packet, samples)),
  );
  const groups = groupPlacements(person.placements);
  for (const [i, group] of groups.entries()) {
    assembler.takeSegment(group, packetsOf(job.fileOf(group.segmentId)));
    if (i % SEGMENTS_A_TURN === SEGMENTS_A_TURN - 1) {
      job.onProgress?.(i / groups.length);
      collectYoung();
      await setImmediate();
      job.signal?.throwIfAborted();
    }
  }
  const granule = assembler.finishAt(granuleEnd);
  file.append(writer.end({ granule }));
  file.commit();
  return { path, bytes: writer.bytes, pages: writer.pages, counts: assembler.counts };
};
