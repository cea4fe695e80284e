import type { Hole } from '../../formats/hole.ts';
import type { Stretch } from '../../timeline/journal-view.ts';
import type { Timeline } from '../../timeline/timeline.ts';
import { chapterName } from '../../tracks/chapters.ts';
import { plainName } from '../file-names.ts';
import { type ExportWindow, mapSample, mapStretch } from '../window/export-window.ts';
import { speechOf } from './speech.ts';

/** What the texts of an export tell, on its own clock: samples from its start. */
export interface ExportView {
  readonly samples: number;
  readonly people: readonly { readonly userId: string; readonly name: string; readonly speech: readonly Stretch[] }[];
  readonly holes: readonly (Stretch & { readonly text: string })[];
  readonly markers: readonly { readonly sample: number; readonly text: string }[];
}

const holeText = ({ reason, userId }: Hole, names: ReadonlyMap<string, string>): string => {
  const name = userId === undefined ? undefined : names.get(userId);
  return name === undefined ? chapterName(reason) : `${name}: ${chapterName(reason)}`;
};

/** Puts a recording's people, holes and markers on the clock of an export. Holes of people who are not in it are left out. Pure. */
export const viewExport = (timeline: Timeline, people: Timeline['people'], window: ExportWindow): ExportView => {
  const names = new Map(people.map(({ userId, displayName }) => [userId, plainName(displayName) || userId]));
  const holes = timeline.holes.filter(({ userId }) => userId === undefined || names.has(userId));
  return {
    samples: window.samples,
    people: people.map((person) => ({
      userId: person.userId,
      name: names.get(person.userId) ?? person.userId,
      speech: speechOf(person, window),
    })),
    holes: holes.flatMap((hole) =>
      mapStretch(window, { from: hole.fromSample, to: hole.toSample }).map((stretch) => ({
        ...stretch,
        text: holeText(hole, names),
      })),
    ),
    markers: timeline.markers.flatMap(({ sample, text }) => {
      const at = mapSample(window, sample);
      return at === null ? [] : [{ sample: at, text: plainName(text) }];
    }),
  };
};
