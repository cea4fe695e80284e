import type { Stretch } from '../../timeline/journal-view.ts';
import type { PersonTimeline } from '../../timeline/timeline.ts';
import { type ExportWindow, mapStretch, subtract } from '../window/export-window.ts';

/** Pauses shorter than this (0.4 s) lie inside of what somebody says. */
const PAUSE_SAMPLES = 19_200;

/** When somebody speaks, in samples of the export: talk-spurts, joined over short pauses. Pure. */
export const speechOf = (person: PersonTimeline, window: ExportWindow): Stretch[] => {
  const spurts = person.placements.map(({ at, samples }) => ({ from: at, to: at + samples }));
  const heard = subtract(spurts, person.excluded).flatMap((stretch) => mapStretch(window, stretch));
  const joined: { from: number; to: number }[] = [];
  for (const { from, to } of heard.toSorted((a, b) => a.from - b.from)) {
    const last = joined.at(-1);
    if (last !== undefined && from - last.to < PAUSE_SAMPLES) last.to = Math.max(last.to, to);
    else joined.push({ from, to });
  }
  return joined;
};
