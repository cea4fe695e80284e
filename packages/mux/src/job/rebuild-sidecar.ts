import type { SegmentSidecar } from '../formats/segment-sidecar.ts';
import type { OpusWalk } from '../ogg/walk.ts';
import type { JournalView } from '../timeline/journal-view.ts';

/** A segment by its place in the folder: `segments/<userId>/<12 digits>-<part>.ogg`. */
export interface SegmentName {
  readonly userId: string;
  readonly stem: string;
  readonly startSample: number;
  readonly part: number;
}

const stemForm = /^(\d{12,})-(\d+)$/;

/** Reads a segment's file stem, null when it is none. */
export const parseSegmentName = (userId: string, stem: string): SegmentName | null => {
  const match = stemForm.exec(stem);
  if (match === null) return null;
  return { userId, stem, startSample: Number(match[1]), part: Math.max(1, Number(match[2])) };
};

export interface RebuildInput {
  /** The sidecar as its writer left it, null when it is missing or unreadable. */
  readonly left: SegmentSidecar | null;
  readonly name: SegmentName;
  readonly walk: OpusWalk;
  readonly view: JournalView;
  readonly recordingSessionId: string;
  /** Epoch milliseconds of sample 0. */
  readonly startTime: number;
}

const emptyClock = { rtpStart: 0, offsetSamples: 0, driftPpm: 0, reanchors: [], points: [] };

/**
 * The sidecar of a segment whose writer was killed, from its audio, what the writer had noted, and the journal. Pure. What the audio
 * cannot tell is counted so that both accounting equations hold: every packet that is neither silence nor concealment was received
 * and written, every concealment packet stands for one lost packet.
 */
export const rebuildSidecar = ({
  left,
  name,
  walk,
  view,
  recordingSessionId,
  startTime,
}: RebuildInput): SegmentSidecar => {
  // What a writer that closed its segment counted stays true, also of a file that lost its tail afterwards.
  if (left !== null && left.status !== 'open') {
    return { ...left, bytes: walk.fileBytes, pages: walk.pages, status: 'recovered' };
  }
  const segmentId = `${name.userId}/${name.stem}`;
  const before = left?.startSample ?? name.startSample;
  const startSample = view.refined.get(segmentId) ?? before;
  const person = view.people.get(name.userId);
  const clock = left?.clock ?? emptyClock;
  const written = walk.packets - walk.silence.packets - walk.concealed.packets;
  const dropped = left?.packets.dropped ?? {};
  const startMs = Math.max(0, Math.round(startTime + startSample / 48));
  return {
    schema: 1,
    recordingSessionId: left?.recordingSessionId ?? recordingSessionId,
    segmentId,
    userId: name.userId,
    username: left?.username ?? person?.username ?? name.userId,
    displayName: left?.displayName ?? person?.displayName ?? name.userId,
    bot: left?.bot ?? person?.bot ?? null,
    part: left?.part ?? name.part,
    ssrc: left?.ssrc ?? [],
    startSample,
    samples: walk.samples,
    startTime: startMs,
    endTime: Math.max(startMs, Math.round(startMs + walk.samples / 48)),
    durationMs: walk.samples / 48,
    file: `${name.stem}.ogg`,
    packets: {
      received: written + Object.values(dropped).reduce((sum, count) => sum + count, 0),
      written,
      dropped,
      lost: walk.concealed.packets,
    },
    fill: { lossConcealed: walk.concealed.samples, lossSilence: 0, pause: walk.silence.samples },
    lostBetween: left?.lostBetween ?? 0,
    lostSamples: walk.concealed.samples,
    clock: { ...clock, offsetSamples: clock.offsetSamples + (startSample - before) },
    encryption: left?.encryption ?? { version: 0, failures: 0 },
    bytes: walk.fileBytes,
    pages: walk.pages,
    status: 'recovered',
    closedBy: 'recovered',
  };
};
