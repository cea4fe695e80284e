/** What each format gives: a file per person, one of everybody together, or a text. */
export const exportFormats = {
  opus: { kind: 'tracks', extension: 'ogg', says: 'a track per person, Opus as it was recorded (nothing decoded)' },
  flac: { kind: 'tracks', extension: 'flac', says: 'a track per person, lossless' },
  wav: { kind: 'tracks', extension: 'wav', says: 'a track per person, 48 kHz, 16 bit, stereo' },
  m4a: { kind: 'tracks', extension: 'm4a', says: 'a track per person, AAC' },
  mp3: { kind: 'mix', extension: 'mp3', says: 'everybody together' },
  'mix-flac': { kind: 'mix', extension: 'flac', says: 'everybody together, lossless' },
  'mix-ogg': { kind: 'mix', extension: 'ogg', says: 'everybody together, Opus' },
  labels: { kind: 'text', extension: 'txt', says: 'Audacity labels: who speaks when, holes, markers' },
  reaper: { kind: 'text', extension: 'rpp', says: 'a Reaper project with the tracks in place' },
  vtt: { kind: 'transcript', extension: 'vtt', says: 'the transcript as WebVTT subtitles' },
  srt: { kind: 'transcript', extension: 'srt', says: 'the transcript as SubRip subtitles' },
  md: { kind: 'transcript', extension: 'md', says: 'the transcript to read' },
  json: { kind: 'transcript', extension: 'json', says: 'the transcript for programs' },
} as const;

export type ExportFormat = keyof typeof exportFormats;
type OfKind<Kind extends string> = {
  [F in ExportFormat]: (typeof exportFormats)[F]['kind'] extends Kind ? F : never;
}[ExportFormat];
export type TrackFormat = OfKind<'tracks'>;
export type MixFormat = OfKind<'mix'>;
export type TextFormat = OfKind<'text'>;
export type TranscriptFormat = OfKind<'transcript'>;

export const exportFormatNames = Object.keys(exportFormats) as readonly ExportFormat[];

export const isExportFormat = (name: string): name is ExportFormat => Object.hasOwn(exportFormats, name);

export const isTrackFormat = (format: ExportFormat): format is TrackFormat => exportFormats[format].kind === 'tracks';
export const isMixFormat = (format: ExportFormat): format is MixFormat => exportFormats[format].kind === 'mix';
export const isTranscriptFormat = (format: ExportFormat): format is TranscriptFormat =>
  exportFormats[format].kind === 'transcript';

/** Formats Reaper is given its tracks in, the best first. */
const reaperSources = ['flac', 'wav'] as const satisfies readonly TrackFormat[];
export type ReaperSource = (typeof reaperSources)[number];

/** The format a Reaper project's tracks are in. */
export const reaperSourceOf = (formats: readonly ExportFormat[]): ReaperSource =>
  reaperSources.find((format) => formats.includes(format)) ?? 'flac';

/** Formats in their order, each once; a Reaper project brings the tracks it plays. */
export const completeFormats = (formats: readonly ExportFormat[]): readonly ExportFormat[] => {
  const wanted = new Set(formats);
  if (wanted.has('reaper')) wanted.add(reaperSourceOf(formats));
  return exportFormatNames.filter((name) => wanted.has(name));
};

/** Reads a list such as `flac,labels`. @returns the formats, or the name that is none ('' for an empty list) */
export const parseFormats = (
  text: string,
): { readonly formats: readonly ExportFormat[] } | { readonly unknown: string } => {
  const names = text
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const unknown = names.find((name) => !isExportFormat(name));
  if (unknown !== undefined || names.length === 0) return { unknown: unknown ?? '' };
  return { formats: completeFormats(names.filter(isExportFormat)) };
};

/** Whether everything fits into one plain file; else it is a zip. */
export const isSingleFile = (formats: readonly ExportFormat[]): boolean =>
  formats.length === 1 && formats.every((format) => !isTrackFormat(format));
