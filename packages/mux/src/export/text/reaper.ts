import { createHash } from 'node:crypto';
import { SAMPLE_RATE } from '../../formats/recording-layout.ts';
import type { ReaperSource } from '../export-formats.ts';
import type { ExportView } from './export-view.ts';

/** A field of a project: in whichever quotes it does not hold itself; where it holds all of them, back ticks become plain ones. */
const quoted = (text: string): string => {
  const quote = ['"', "'", '`'].find((mark) => !text.includes(mark));
  return quote === undefined ? `\`${text.replaceAll('`', "'")}\`` : `${quote}${text}${quote}`;
};

/** A stable id in Reaper's form. */
const guid = (of: string): string => {
  const hex = createHash('sha256').update(of).digest('hex').toUpperCase();
  return `{${[hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-')}}`;
};

const seconds = (sample: number): string => (sample / SAMPLE_RATE).toFixed(9);

const sourceTypes = { flac: 'FLAC', wav: 'WAVE' } as const satisfies Record<ReaperSource, string>;

export interface ReaperProject {
  readonly view: ExportView;
  readonly recordingSessionId: string;
  /** Epoch milliseconds of the recording's start. */
  readonly startTime: number;
  readonly source: ReaperSource;
  /** Path of a person's track beside the project, with forward slashes. */
  readonly fileOf: (userId: string) => string;
}

/**
 * A Reaper project (RPP): one track per person with the whole of their audio at 0, holes as regions, markers as markers. Pure.
 */
export const reaperProject = ({ view, recordingSessionId, startTime, source, fileOf }: ReaperProject): string => {
  const marks = [
    ...view.holes.map(({ from, to, text }) => ({ from, to, text })),
    ...view.markers.map(({ sample, text }) => ({ from: sample, to: null, text })),
  ].toSorted((a, b) => a.from - b.from);
  const lines = [
    `<REAPER_PROJECT 0.1 "6.0/linux-x86_64" ${Math.floor(startTime / 1000)}`,
    `  SAMPLERATE ${SAMPLE_RATE} 0 0`,
    ...marks.flatMap(({ from, to, text }, i) =>
      to === null
        ? [`  MARKER ${i + 1} ${seconds(from)} ${quoted(text)} 0`]
        : [`  MARKER ${i + 1} ${seconds(from)} ${quoted(text)} 1`, `  MARKER ${i + 1} ${seconds(to)} "" 1`],
    ),
    ...view.people.flatMap(({ userId, name }) => [
      `  <TRACK ${guid(`track ${recordingSessionId} ${userId}`)}`,
      `    NAME ${quoted(name)}`,
      '    <ITEM',
      '      POSITION 0',
      `      LENGTH ${seconds(view.samples)}`,
      '      LOOP 0',
      `      NAME ${quoted(name)}`,
      `      IGUID ${guid(`item ${recordingSessionId} ${userId}`)}`,
      `      <SOURCE ${sourceTypes[source]}`,
      `        FILE ${quoted(fileOf(userId))}`,
      '      >',
      '    >',
      '  >',
    ]),
    '>',
  ];
  return `${lines.join('\n')}\n`;
};
