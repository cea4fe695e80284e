import { GRID_SAMPLES } from '../../ogg/silence.ts';
import type { Placement } from '../../timeline/placement.ts';
import type { PersonTimeline } from '../../timeline/timeline.ts';
import { type ExportWindow, mapStretch, type Piece } from './export-window.ts';

/**
 * What a decoder is given before the first sample that counts, 240 ms. Opus predicts each band's energy from the frame before at one half,
 * so that a decoder which knows nothing is 72 dB near after twelve frames; after the 80 ms of RFC 7845 §4.6 a steady tone is still
 * 10 dB off. Players leave it out, since pre-skip counts it.
 */
const PRE_ROLL_SAMPLES = 11_520;

/** One person's audio on the clock of a track that begins a little before the export does. */
export interface WindowedPerson {
  readonly person: PersonTimeline;
  /** Samples of the track before the export's first one. */
  readonly leadSamples: number;
}

/** The pieces of the track: those of the export, the first one longer by the pre-roll and back to the grid. */
export const trackPieces = ({ pieces }: ExportWindow): { pieces: readonly Piece[]; leadSamples: number } => {
  const [first, ...rest] = pieces;
  if (first === undefined) return { pieces, leadSamples: 0 };
  const origin = Math.max(0, Math.floor((first.from - PRE_ROLL_SAMPLES) / GRID_SAMPLES) * GRID_SAMPLES);
  return { pieces: [{ from: origin, to: first.to }, ...rest], leadSamples: first.from - origin };
};

const clip = (placement: Placement, piece: Piece, start: number): Placement[] => {
  const from = Math.max(placement.at, piece.from);
  const to = Math.min(placement.at + placement.samples, piece.to);
  if (to <= from) return [];
  const fileFrom = placement.fileFrom + from - placement.at;
  return [{ ...placement, fileFrom, samples: to - from, at: start + from - piece.from }];
};

/**
 * A person's timeline as it is inside of the window. Talk-spurts that begin before it are taken from where they enter; the last piece
 * is open to its end, so that what still sounds there is not cut at a packet. Pure.
 * @param tailSamples how far beyond the window's end packets are needed
 */
export const windowPerson = (person: PersonTimeline, window: ExportWindow, tailSamples: number): WindowedPerson => {
  const { pieces, leadSamples } = trackPieces(window);
  const open = pieces.map((piece, i) => (i === pieces.length - 1 ? { ...piece, to: piece.to + tailSamples } : piece));
  const placements: Placement[] = [];
  let start = 0;
  for (const piece of open) {
    for (const placement of person.placements) placements.push(...clip(placement, piece, start));
    start += piece.to - piece.from;
  }
  const track = { pieces: open, samples: start };
  return {
    leadSamples,
    person: {
      ...person,
      placements: placements.toSorted((a, b) => a.at - b.at || a.fileFrom - b.fileFrom),
      excluded: person.excluded.flatMap((stretch) => mapStretch(track, stretch)),
      holes: person.holes.flatMap((hole) =>
        mapStretch(window, { from: hole.fromSample, to: hole.toSample }).map(({ from, to }) => ({
          ...hole,
          fromSample: from,
          toSample: to,
        })),
      ),
    },
  };
};
