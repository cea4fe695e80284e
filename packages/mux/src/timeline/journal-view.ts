import type { Hole } from '../formats/hole.ts';
import type { JournalLine } from '../formats/journal.ts';
import { mergeHoles } from './holes.ts';

type LineOf<Type extends JournalLine['type']> = Extract<JournalLine, { type: Type }>;

/** A stretch `[from, to)` of the recording in samples; `to` may be Infinity. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface JournalPerson {
  readonly userId: string;
  readonly username: string;
  readonly displayName: string;
  readonly bot: boolean | null;
}

/** What the merged journals of one recording say, in the shapes the timeline needs. */
export interface JournalView {
  readonly started: LineOf<'recording_started'> | null;
  readonly ended: LineOf<'recording_ended'> | null;
  /** The latest sample any line speaks of. */
  readonly lastSample: number;
  /** The sample of the last line but the end's, a damaged one left out; 0 without one. */
  readonly lastSign: number;
  readonly people: ReadonlyMap<string, JournalPerson>;
  readonly holes: readonly Hole[];
  readonly markers: readonly LineOf<'marker'>[];
  readonly consents: readonly LineOf<'consent'>[];
  readonly refined: ReadonlyMap<string, number>;
  readonly opened: ReadonlySet<string>;
  readonly closed: ReadonlyMap<string, number>;
  readonly summaries: readonly LineOf<'receive_summary'>[];
  /** Voxprocs that joined and did not leave. */
  readonly unfinished: readonly LineOf<'voxproc_joined'>[];
}

const peopleOf = (lines: readonly JournalLine[]): Map<string, JournalPerson> => {
  const people = new Map<string, JournalPerson>();
  for (const line of lines) {
    if (line.type === 'participant') {
      const { userId, username, displayName } = line;
      // Once known to be a bot, always one; "not known yet" never overrides what is known.
      const before = people.get(userId)?.bot ?? null;
      people.set(userId, { userId, username, displayName, bot: before === true ? true : (line.bot ?? before) });
    }
  }
  return people;
};

const pausesOf = (lines: readonly JournalLine[], end: number): Hole[] => {
  const pauses: Hole[] = [];
  let since: number | null = null;
  for (const line of lines) {
    if (line.type !== 'pause') continue;
    if (line.on) {
      since ??= line.sample;
    } else if (since !== null) {
      pauses.push({ fromSample: Math.max(0, since), toSample: Math.max(0, line.sample), reason: 'paused' });
      since = null;
    }
  }
  if (since !== null) pauses.push({ fromSample: Math.max(0, since), toSample: Math.max(since, end), reason: 'paused' });
  return pauses;
};

/** Nothing goes on for longer than this (1 h) without a line: what stands behind such a gap is damaged. */
const LONGEST_GAP_SAMPLES = 3600 * 48_000;
/** A hole is noted when it is over: at most this (5 s) before its end. */
const HOLE_LEAD_SAMPLES = 5 * 48_000;

/** The sample of the last line but the end's, of `lines` by sample; a damaged one far behind all others is none. */
const lastSignOf = (lines: readonly JournalLine[]): number => {
  let last = 0;
  for (const { type, sample } of lines) {
    if (sample - last > LONGEST_GAP_SAMPLES) break;
    if (type !== 'recording_ended') last = Math.max(last, sample);
  }
  return last;
};

/** Reads the lines of all journals of a recording, which need not be sorted. Pure. */
export const viewJournal = (unsorted: readonly JournalLine[]): JournalView => {
  const lines = unsorted.toSorted((a, b) => a.sample - b.sample || a.at - b.at);
  const of = <Type extends JournalLine['type']>(type: Type): LineOf<Type>[] =>
    lines.filter((line): line is LineOf<Type> => line.type === type);
  const holes = of('hole').map(({ sample, fromSample, toSample, userId, reason }) => ({
    ...{ fromSample, toSample: Math.min(toSample, Math.max(0, sample) + HOLE_LEAD_SAMPLES), reason },
    ...(userId !== undefined && { userId }),
  }));
  const lastSample = Math.max(0, ...holes.map((hole) => hole.toSample), lines.at(-1)?.sample ?? 0);
  const left = new Set(of('voxproc_left').map((line) => line.n));
  return {
    started: of('recording_started')[0] ?? null,
    ended: of('recording_ended').at(-1) ?? null,
    lastSample,
    lastSign: lastSignOf(lines),
    people: peopleOf(lines),
    holes: mergeHoles([...holes, ...pausesOf(lines, lastSample)]),
    markers: of('marker'),
    consents: of('consent'),
    refined: new Map(of('segment_refined').map((line) => [line.segmentId, line.startSample])),
    opened: new Set(of('segment_opened').map((line) => line.segmentId)),
    closed: new Map(of('segment_closed').map((line) => [line.segmentId, line.samples])),
    summaries: of('receive_summary'),
    unfinished: of('voxproc_joined').filter((line) => !left.has(line.n)),
  };
};

/** Audio of a person who is recorded again counts from a little before the line that says so: the line is written when it is done. */
const AGAIN_LEAD_SAMPLES = 2 * 48_000;

/**
 * The stretches in which nothing of this person may be kept: opted out, or a consent that could not be read. `opted_in` ends one, and
 * so does `noticed`, which is only written of somebody who is recorded from then on.
 */
export const excludedStretches = (view: JournalView, userId: string): Stretch[] => {
  const stretches: Stretch[] = [];
  let since: number | null = null;
  for (const line of view.consents) {
    if (line.userId !== userId) continue;
    if (line.state === 'opted_out' || line.state === 'unreadable') {
      since ??= line.sample;
    } else if (since !== null) {
      const to = Math.max(since, line.sample - AGAIN_LEAD_SAMPLES);
      if (to > since) stretches.push({ from: since, to });
      since = null;
    }
  }
  if (since !== null) stretches.push({ from: since, to: Number.POSITIVE_INFINITY });
  return stretches;
};
