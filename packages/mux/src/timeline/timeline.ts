import type { Hole } from '../formats/hole.ts';
import type { JournalLine } from '../formats/journal.ts';
import type { SegmentSidecar } from '../formats/segment-sidecar.ts';
import type { Participant, Skipped } from '../formats/session-file.ts';
import type { OpusWalk } from '../ogg/walk.ts';
import { clipHoles } from './holes.ts';
import { excludedStretches, type JournalView, type Stretch, viewJournal } from './journal-view.ts';
import type { Placement } from './placement.ts';
import { placeSpurts } from './placements.ts';
import { LONGEST_SAMPLES, recordingLength } from './recording-length.ts';

/** A segment whose audio was walked and has packets. */
export interface WalkedSegment {
  readonly sidecar: SegmentSidecar;
  /** Path of the audio relative to the recording's folder. */
  readonly file: string;
  readonly walk: Pick<OpusWalk, 'spurts' | 'samples' | 'speech'>;
}

export interface TimelineInput {
  readonly segments: readonly WalkedSegment[];
  readonly journal: readonly JournalLine[];
  /** Length from session.json in samples, used when no journal says when the recording ended. */
  readonly sessionSamples: number | null;
}

/** One person's audio on the recording's clock. */
export interface PersonTimeline {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly speechSamples: number;
  /** Talk-spurts by position; they may overlap: `placePacket` decides packet by packet. */
  readonly placements: readonly Placement[];
  /** Where nothing may be kept: packets there are left out. */
  readonly excluded: readonly Stretch[];
  /** Holes of everybody and of this person. */
  readonly holes: readonly Hole[];
}

export interface Timeline {
  readonly durationSamples: number;
  readonly people: readonly PersonTimeline[];
  readonly participants: readonly Participant[];
  /** The segments that are in, by start. */
  readonly segments: readonly SegmentSidecar[];
  readonly skipped: readonly Skipped[];
  readonly holes: readonly Hole[];
  readonly markers: readonly { sample: number; userId: string; text: string }[];
  readonly consents: readonly { userId: string; state: string; at: number; textVersion: number }[];
}

const isBot = (view: JournalView, sidecar: SegmentSidecar): boolean =>
  sidecar.bot === true || view.people.get(sidecar.userId)?.bot === true;

const skipReason = (view: JournalView, segment: WalkedSegment): Skipped['reason'] | null => {
  const { sidecar } = segment;
  if (isBot(view, sidecar)) return 'bot';
  const out = excludedStretches(view, sidecar.userId);
  if (out.some(({ from, to }) => sidecar.startSample >= from && sidecar.startSample < to)) return 'opted_out';
  // A segment beyond the longest recording has a damaged sidecar.
  return Math.abs(sidecar.startSample) > LONGEST_SAMPLES ? 'damaged' : null;
};

/**
 * Plans a whole recording from its sidecars, what walking the files found, and the journals: who is on it, and which talk-spurt
 * of which file goes where. Pure. All positions are 48 kHz samples of the recording's clock.
 */
export const planTimeline = ({ segments, journal, sessionSamples }: TimelineInput): Timeline => {
  const view = viewJournal(journal);
  const skipped: Skipped[] = [];
  const kept: WalkedSegment[] = [];
  for (const segment of segments.toSorted((a, b) => a.sidecar.startSample - b.sidecar.startSample)) {
    const reason = skipReason(view, segment);
    if (reason === null) kept.push(segment);
    else skipped.push({ file: segment.file, reason });
  }

  const byPerson = Map.groupBy(kept, (segment) => segment.sidecar.userId);
  const placed = [...byPerson].map(([userId, own]) => {
    const { username, displayName } = (own.at(-1) as WalkedSegment).sidecar;
    return {
      ...{ userId, username, displayName },
      speechSamples: own.reduce((sum, segment) => sum + segment.walk.speech.samples, 0),
      placements: placeSpurts(own.map(({ sidecar, walk }) => ({ sidecar, spurts: walk.spurts }))),
      excluded: excludedStretches(view, userId),
    };
  });
  const lastAudio = Math.max(0, ...placed.map(({ placements }) => endOf(placements)));
  const durationSamples = recordingLength({ view, sessionSamples, lastAudio });
  const holes = clipHoles(view.holes, durationSamples);
  const heard = new Set(
    placed.flatMap(({ placements }) => placements.filter(({ at }) => at < durationSamples).map((one) => one.segmentId)),
  );
  const beyondEnd = kept.filter(({ sidecar, walk }) => walk.spurts.length > 0 && !heard.has(sidecar.segmentId));
  skipped.push(...beyondEnd.map(({ file }): Skipped => ({ file, reason: 'damaged' })));

  return {
    durationSamples,
    people: placed.map((person) => ({
      ...person,
      holes: holes.filter((hole) => hole.userId === undefined || hole.userId === person.userId),
    })),
    participants: participantsOf(view, segments, placed),
    segments: kept.filter((segment) => !beyondEnd.includes(segment)).map((segment) => segment.sidecar),
    skipped,
    holes,
    markers: view.markers.map(({ sample, userId, text }) => ({ sample, userId, text })),
    consents: view.consents.map(({ userId, state, at, textVersion }) => ({ userId, state, at, textVersion })),
  };
};

const endOf = (placements: readonly Placement[]): number =>
  placements.reduce((end, { at, samples }) => Math.max(end, at + samples), 0);

const participantsOf = (
  view: JournalView,
  segments: readonly WalkedSegment[],
  people: readonly { userId: string; speechSamples: number }[],
): Participant[] => {
  const speech = new Map(people.map(({ userId, speechSamples }) => [userId, speechSamples]));
  const known = new Map(view.people);
  for (const { sidecar } of segments) {
    const { userId, username, displayName, bot } = sidecar;
    if (!known.has(userId)) known.set(userId, { userId, username, displayName, bot });
  }
  return [...known.values()]
    .filter((person) => person.bot !== true)
    .map((person) => ({ ...person, speechMs: (speech.get(person.userId) ?? 0) / 48 }));
};
