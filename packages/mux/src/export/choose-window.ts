import { MuxError } from '../mux-error.ts';
import type { ExportSource } from './export-source.ts';
import { formatTimeText } from './time-text.ts';
import { type ExportWindow, exportWindow, subtract } from './window/export-window.ts';

/** The part of a recording somebody wants; all in samples. */
export interface WindowWish {
  /** From the start by default. */
  readonly from?: number | undefined;
  /** To the end by default; of a running recording, to this moment. */
  readonly to?: number | undefined;
  /** Instead: so many samples before the end. More than there is means from the start. */
  readonly last?: number | undefined;
  /** Leave out pauses and holes that concern everybody; nobody's voice is cut. */
  readonly cutPauses?: boolean | undefined;
}

/** People read lengths in whole seconds: an end that lies beyond the real one by less than that means the end. */
const ROUNDING_SAMPLES = 48_000;

/**
 * The window of a wish. Pure.
 * @throws MuxError `range_outside` naming the recording and its length
 */
export const chooseWindow = (
  { timeline, layout, live }: Pick<ExportSource, 'timeline' | 'layout' | 'live'>,
  { from = 0, to, last, cutPauses = false }: WindowWish,
): ExportWindow => {
  const end = timeline.durationSamples;
  const start = last === undefined ? from : Math.max(0, end - last);
  const stop = Math.min(to ?? end, end);
  const long = `${layout.root} is ${formatTimeText(end)} long${live ? ' so far' : ''}`;
  if (end === 0) throw new MuxError('range_outside', `${long}: there is nothing to export.`);
  if (start >= end) throw new MuxError('range_outside', `${long}: it has nothing from ${formatTimeText(start)} on.`);
  if (to !== undefined && to - end >= ROUNDING_SAMPLES) {
    throw new MuxError('range_outside', `${long}: ${formatTimeText(to)} lies beyond its end.`);
  }
  if (start >= stop) {
    const range = `${formatTimeText(start)} to ${formatTimeText(stop)}`;
    throw new MuxError('range_outside', `There is nothing from ${range}: the end has to come after the start.`);
  }
  if (!cutPauses) return exportWindow(start, stop);
  const silent = timeline.holes
    .filter(({ userId }) => userId === undefined)
    .map(({ fromSample, toSample }) => ({ from: fromSample, to: toSample }));
  const voices = timeline.people.flatMap(({ placements }) =>
    placements.map(({ at, samples }) => ({ from: at, to: at + samples })),
  );
  return exportWindow(start, stop, subtract(silent, voices));
};
