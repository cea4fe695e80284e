import { SAMPLE_RATE } from '../../formats/recording-layout.ts';
import type { ExportView } from './export-view.ts';

const seconds = (sample: number): string => (sample / SAMPLE_RATE).toFixed(6);

/**
 * An Audacity label track (Label Tracks, "Importing and Exporting Labels": start, tab, end, tab, text): who speaks, what could not be
 * recorded, what was marked. Pure.
 */
export const audacityLabels = ({ people, holes, markers }: ExportView): string =>
  [
    ...people.flatMap(({ name, speech }) => speech.map(({ from, to }) => ({ from, to, text: name }))),
    ...holes,
    ...markers.map(({ sample, text }) => ({ from: sample, to: sample, text })),
  ]
    .toSorted((a, b) => a.from - b.from || a.to - b.to)
    .map(({ from, to, text }) => `${seconds(from)}\t${seconds(to)}\t${text}\n`)
    .join('');
