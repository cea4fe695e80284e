import { SAMPLE_RATE } from '../../formats/recording-layout.ts';
import type { TranscriptFormat } from '../export-formats.ts';
import type { TimedText } from './timed-text.ts';

export interface TranscriptHeading {
  /** Name of the channel. */
  readonly channelName: string;
  /** Epoch milliseconds of the export's first sample. */
  readonly startTime: number;
  readonly recordingSessionId: string;
}

/** `HH:MM:SS` and milliseconds after the given mark. */
const clockTime = (sample: number, mark: '.' | ','): string => {
  const ms = Math.round((sample / SAMPLE_RATE) * 1000);
  const part = (value: number, digits: number): string => String(Math.floor(value)).padStart(digits, '0');
  const time = [part(ms / 3_600_000, 2), part((ms / 60_000) % 60, 2), part((ms / 1000) % 60, 2)].join(':');
  return `${time}${mark}${part(ms % 1000, 3)}`;
};

/** Cue text of WebVTT knows three characters (W3C WebVTT §4.2.2); an escaped `>` cannot end a cue with an arrow either. */
const vttText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** What Markdown would read as more than text. */
const markdownText = (text: string): string => text.replace(/[\\`*_{}[\]()<>#+!|~-]/g, '\\$&');

const vtt = (texts: readonly TimedText[]): string =>
  [
    'WEBVTT\n',
    ...texts.map(
      ({ from, to, name, text }, i) =>
        `${i + 1}\n${clockTime(from, '.')} --> ${clockTime(to, '.')}\n<v ${vttText(name)}>${vttText(text)}\n`,
    ),
  ].join('\n');

/** SubRip has no grammar of its own: an arrow in the text is kept apart, lest a reader take it for a time. */
const srt = (texts: readonly TimedText[]): string =>
  texts
    .map(({ from, to, name, text }, i) => {
      const said = `${name}: ${text}`.replaceAll('-->', '->');
      return `${i + 1}\n${clockTime(from, ',')} --> ${clockTime(to, ',')}\n${said}\n`;
    })
    .join('\n');

/** Turns: what one person says until somebody else does. */
const turns = (texts: readonly TimedText[]): { from: number; name: string; userId: string; lines: string[] }[] => {
  const all: { from: number; name: string; userId: string; lines: string[] }[] = [];
  for (const { from, name, userId, text } of texts) {
    const last = all.at(-1);
    if (last?.userId === userId) last.lines.push(text);
    else all.push({ from, name, userId, lines: [text] });
  }
  return all;
};

const md = (texts: readonly TimedText[], { channelName, startTime }: TranscriptHeading): string =>
  [
    `# ${markdownText(channelName)}, ${new Date(startTime).toISOString().slice(0, 16).replace('T', ' ')} UTC`,
    ...turns(texts).map(
      ({ from, name, lines }) =>
        `**${markdownText(name)}** (${clockTime(from, '.').slice(0, 8)})  \n${lines.map(markdownText).join(' ')}`,
    ),
  ]
    .join('\n\n')
    .concat('\n');

const json = (texts: readonly TimedText[], { recordingSessionId }: TranscriptHeading): string => {
  const segments = texts.map(({ from, to, userId, name, text, words }) => ({
    ...{ userId, name, startSample: from, endSample: to, text },
    ...(words !== undefined && {
      words: words.map((word) => ({ startSample: word.from, endSample: word.to, text: word.text })),
    }),
  }));
  return `${JSON.stringify({ schema: 1, recordingSessionId, sampleRate: SAMPLE_RATE, segments }, null, 2)}\n`;
};

/** A transcript as a file's text. Pure. */
export const transcriptRenderers: Readonly<
  Record<TranscriptFormat, (texts: readonly TimedText[], heading: TranscriptHeading) => string>
> = { vtt, srt, md, json };
