import { GRID_SAMPLES } from '../../ogg/silence.ts';
import type { Stretch } from '../../timeline/journal-view.ts';

/** A part of the recording that is in the export, `[from, to)` in samples of the recording's clock. */
export interface Piece {
  readonly from: number;
  readonly to: number;
}

/** What of a recording is exported, and where each sample of it lands. All positions are samples at 48 kHz. */
export interface ExportWindow {
  /** In order, without overlap; at least one. Where a piece ends and the next begins lies on the 2.5 ms grid. */
  readonly pieces: readonly Piece[];
  /** Length of the export. */
  readonly samples: number;
}

const gridUp = (sample: number): number => Math.ceil(sample / GRID_SAMPLES) * GRID_SAMPLES;
const gridDown = (sample: number): number => Math.floor(sample / GRID_SAMPLES) * GRID_SAMPLES;

/** The parts of `whole` that none of `removed` covers. Pure. */
export const subtract = (whole: readonly Stretch[], removed: readonly Stretch[]): Stretch[] =>
  removed.reduce<Stretch[]>(
    (left, { from, to }) =>
      to <= from
        ? left
        : left
            .flatMap((one) => [
              { from: one.from, to: Math.min(one.to, from) },
              { from: Math.max(one.from, to), to: one.to },
            ])
            .filter((one) => one.to > one.from),
    [...whole],
  );

/**
 * The window of `[from, to)` without the stretches to be cut. A cut gives way to the grid: it gets shorter by up to 5 ms, so that
 * every packet keeps its place.
 */
export const exportWindow = (from: number, to: number, cuts: readonly Stretch[] = []): ExportWindow => {
  const onGrid = cuts.map((cut) => ({ from: gridUp(cut.from), to: gridDown(cut.to) }));
  const left = subtract([{ from, to }], onGrid);
  const pieces = left.length > 0 ? left : [{ from, to: from }];
  return { pieces, samples: pieces.reduce((sum, piece) => sum + piece.to - piece.from, 0) };
};

/** Where the parts of a stretch of the recording land in the export, joined where they touch. Pure. */
export const mapStretch = ({ pieces }: ExportWindow, stretch: Stretch): Stretch[] => {
  const mapped: { from: number; to: number }[] = [];
  let start = 0;
  for (const piece of pieces) {
    const from = Math.max(stretch.from, piece.from);
    const to = Math.min(stretch.to, piece.to);
    if (to > from) {
      const here = { from: start + from - piece.from, to: start + to - piece.from };
      const last = mapped.at(-1);
      if (last !== undefined && last.to === here.from) last.to = here.to;
      else mapped.push(here);
    }
    start += piece.to - piece.from;
  }
  return mapped;
};

/** Where an instant lands: inside a cut at the cut's place, outside of the window nowhere (null). */
export const mapSample = ({ pieces }: ExportWindow, sample: number): number | null => {
  const [first, last] = [pieces[0], pieces.at(-1)];
  if (first === undefined || last === undefined || sample < first.from || sample > last.to) return null;
  let start = 0;
  for (const piece of pieces) {
    if (sample < piece.from) return start;
    if (sample <= piece.to) return start + sample - piece.from;
    start += piece.to - piece.from;
  }
  return start;
};
