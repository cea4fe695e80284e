import { existsSync } from 'node:fs';
import type { RecordingLayout } from '../formats/recording-layout.ts';
import type { GatheredSegment } from '../job/gather-segments.ts';
import { PRE_SKIP } from '../ogg/opus-headers.ts';
import type { OpusPacket } from '../ogg/opus-stream.ts';
import { readOpusFileSync } from '../ogg/read-opus.ts';
import { walkOpusFile } from '../ogg/walk.ts';
import { MAX_SLIDE_SAMPLES } from '../timeline/place-packet.ts';
import type { PersonTimeline, Timeline } from '../timeline/timeline.ts';
import { groupPlacements, TrackAssembler } from '../tracks/track-packets.ts';
import { atMost, type Check, holds, same } from './check.ts';
import { checkPages } from './check-segment.ts';

const ms = (samples: number): number => Math.round(samples / 4.8) / 10;

const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

function* packetsOf(path: string | undefined): Generator<OpusPacket, void, undefined> {
  if (path === undefined) return;
  for (const event of readOpusFileSync(path)) {
    if (event.type === 'page') yield* event.packets;
  }
}

/** Lays the person's packets once more, without writing, and tells how far each had to move. */
const checkAlignment = (
  subject: string,
  person: PersonTimeline,
  durationSamples: number,
  paths: ReadonlyMap<string, string>,
): Check[] => {
  const assembler = new TrackAssembler(person, durationSamples, () => {});
  for (const group of groupPlacements(person.placements))
    assembler.takeSegment(group, packetsOf(paths.get(group.segmentId)));
  const { counts } = assembler;
  const moved = person.placements
    .flatMap(({ moved }) => (moved === null ? [] : [Math.abs(moved)]))
    .toSorted((a, b) => a - b);
  const solved = `${moved.length} of ${person.placements.length} talk-spurts solved from the clock`;
  const by = [0.5, 0.95, 1].map((share) => ms(percentile(moved, share)));
  return [
    holds(subject, 'alignment', true, `${solved}; moved by ${by[0]} ms median, ${by[1]} ms p95, ${by[2]} ms at most`),
    atMost(subject, 'shift inside of the track', ms(counts.longestSlide), ms(MAX_SLIDE_SAMPLES), ' ms'),
    holds(
      subject,
      'packets on the track',
      counts.outside === 0,
      `${counts.placed} placed, ${counts.covered} covered twice, ${counts.excluded} excluded, ${counts.outside} outside`,
    ),
  ];
};

/** The checks of every person's track. */
export const checkPeople = (
  timeline: Timeline,
  layout: RecordingLayout,
  segments: readonly GatheredSegment[],
): Check[] => {
  const paths = new Map(segments.map(({ sidecar, path }) => [sidecar.segmentId, path]));
  return timeline.people
    .filter((person) => person.placements.length > 0)
    .flatMap((person) => {
      const subject = `${person.displayName} (${person.userId})`;
      const alignment = checkAlignment(subject, person, timeline.durationSamples, paths);
      const path = layout.track(person.userId);
      if (!existsSync(path)) return [...alignment, holds(subject, 'track', false, 'missing')];
      const walk = walkOpusFile(path);
      const length = (walk.lastGranule ?? 0) - PRE_SKIP;
      return [
        ...alignment,
        ...checkPages(`${subject} track`, walk),
        same(`${subject} track`, 'samples', length, timeline.durationSamples),
      ];
    });
};
