import { loadCodec } from '../codec/load-codec.ts';
import type { Ffmpeg } from '../ffmpeg/find-ffmpeg.ts';
import { PRE_SKIP } from '../ogg/opus-headers.ts';
import type { PersonTimeline } from '../timeline/timeline.ts';
import { writeTrack } from '../tracks/write-track.ts';
import {
  type ExportFormat,
  exportFormats,
  isMixFormat,
  isTrackFormat,
  isTranscriptFormat,
  type MixFormat,
  reaperSourceOf,
  type TextFormat,
  type TrackFormat,
  type TranscriptFormat,
} from './export-formats.ts';
import type { ExportSource } from './export-source.ts';
import { personFileNames, plainName } from './file-names.ts';
import { fileBytes, textBytes } from './output/byte-sources.ts';
import { encodeMix, encodeTrack, wavBytes, wavSize } from './output/encode.ts';
import { mixOpus } from './output/mix-opus.ts';
import type { Staging } from './output/staging.ts';
import { viewExport } from './text/export-view.ts';
import { audacityLabels } from './text/labels.ts';
import { reaperProject } from './text/reaper.ts';
import { transcriptRenderers } from './transcript/renderers.ts';
import { readTranscript, timedTexts } from './transcript/timed-text.ts';
import type { ExportWindow } from './window/export-window.ts';
import { trackPieces, windowPerson } from './window/window-person.ts';

/** One file of an export. */
export interface ExportEntry {
  /** Path inside of a zip, with forward slashes. */
  readonly name: string;
  /** Whether it is worth packing: text is, audio is packed already. */
  readonly compress: boolean;
  /** Bytes, when known beforehand. */
  readonly size?: number;
  /** What it costs, beside the others. */
  readonly weight: number;
  /** Makes it, once, while its bytes are taken. `report` is told the share done. */
  open(report: (share: number) => void): AsyncIterable<Buffer>;
}

export interface EntriesJob {
  readonly source: ExportSource;
  readonly window: ExportWindow;
  readonly people: readonly PersonTimeline[];
  readonly formats: readonly ExportFormat[];
  readonly staging: Staging;
  /** null only where no format needs it. */
  readonly ffmpeg: Ffmpeg | null;
  readonly signal?: AbortSignal | undefined;
}

/** Whether a format is made by ffmpeg here: copies of packets never are, an Opus mix is where libopus cannot be loaded. */
export const needsFfmpeg = (format: ExportFormat): boolean => {
  if (format === 'mix-ogg') return !loadCodec().usable;
  return isMixFormat(format) || (isTrackFormat(format) && format !== 'opus');
};

/** The files of an export in order, none of them made yet. */
export class EntryPlanner {
  readonly #job: EntriesJob;
  readonly #names: ReadonlyMap<string, string>;
  /** Folder of each format's tracks: none when there is only one such format. */
  readonly #folders: boolean;

  constructor(job: EntriesJob) {
    this.#job = job;
    this.#names = personFileNames(job.people);
    this.#folders = job.formats.filter(isTrackFormat).length > 1;
  }

  /** @throws MuxError `transcript_missing`, `transcript_invalid` */
  plan(): ExportEntry[] {
    return this.#job.formats.flatMap((format) => {
      if (isTrackFormat(format)) return this.#job.people.map((person) => this.#track(person, format));
      if (isMixFormat(format)) return [this.#mix(format)];
      return [isTranscriptFormat(format) ? this.#transcript(format) : this.#text(format)];
    });
  }

  #trackName(userId: string, format: TrackFormat): string {
    return `${this.#folders ? `${format}/` : ''}${this.#names.get(userId)}.${exportFormats[format].extension}`;
  }

  /** One person's part of the recording as Ogg Opus in the staging folder. @returns its path */
  async #stage(person: PersonTimeline, name: string, report?: (share: number) => void): Promise<string> {
    const { source, window, staging, signal } = this.#job;
    const windowed = windowPerson(person, window, PRE_SKIP);
    const path = staging.path(name);
    await writeTrack({
      ...{ person: windowed.person, leadSamples: windowed.leadSamples, path, fileOf: source.fileOf },
      ...{ durationSamples: window.samples, recordingSessionId: source.session.recordingSessionId },
      ...(signal && { signal }),
      ...(report && { onProgress: report }),
    });
    return path;
  }

  #track(person: PersonTimeline, format: TrackFormat): ExportEntry {
    const { window, staging, signal } = this.#job;
    const { samples } = window;
    const stage = this.#stage.bind(this);
    const tool = this.#ffmpeg.bind(this);
    const title = plainName(person.displayName);
    const common = { name: this.#trackName(person.userId, format), compress: false, weight: 1 };
    if (format === 'opus') {
      return {
        ...common,
        weight: 0.05,
        async *open(report) {
          yield* fileBytes(await stage(person, 'track.ogg', report));
        },
      };
    }
    if (format === 'wav') {
      return {
        ...common,
        size: wavSize(samples),
        async *open(report) {
          const track = await stage(person, 'track.ogg');
          yield* wavBytes({ ffmpeg: tool(), track, samples, title, signal, onProgress: report });
        },
      };
    }
    return {
      ...common,
      async *open(report) {
        const track = await stage(person, 'track.ogg');
        const path = staging.path('track.encoded');
        await encodeTrack({ ffmpeg: tool(), track, path, format, samples, title, signal, onProgress: report });
        yield* fileBytes(path);
      },
    };
  }

  #mix(format: MixFormat): ExportEntry {
    const { source, people, window, staging, signal } = this.#job;
    const stage = this.#stage.bind(this);
    const tool = this.#ffmpeg.bind(this);
    const { leadSamples } = trackPieces(window);
    return {
      name: `mix.${exportFormats[format].extension}`,
      compress: false,
      weight: 1 + people.length / 2,
      async *open(report) {
        const tracks: string[] = [];
        for (const [i, person] of people.entries()) {
          const name = `person-${i}.ogg`;
          await stage(person, name);
          tracks.push(name);
        }
        const path = staging.path('mix.encoded');
        const title = source.session.recordingSessionId;
        const audio = { samples: window.samples, path, title, signal, onProgress: report };
        if (needsFfmpeg(format)) {
          await encodeMix({ ...audio, ffmpeg: tool(), tracks, folder: staging.folder, format });
        } else {
          const sources = people.map(({ userId }, i) => ({ userId, track: staging.path(`person-${i}.ogg`) }));
          await mixOpus({ ...audio, sources, leadSamples });
        }
        yield* fileBytes(path);
      },
    };
  }

  #text(format: TextFormat): ExportEntry {
    const { source, people, window, formats } = this.#job;
    const view = viewExport(source.timeline, people, window);
    if (format === 'labels') return textEntry('labels.txt', audacityLabels(view));
    const { recordingSessionId, startTime } = source.session;
    const track = reaperSourceOf(formats);
    const fileOf = (userId: string): string => this.#trackName(userId, track);
    return textEntry('project.rpp', reaperProject({ view, recordingSessionId, startTime, source: track, fileOf }));
  }

  #transcript(format: TranscriptFormat): ExportEntry {
    const { source, people, window } = this.#job;
    const texts = timedTexts(readTranscript(source.layout.transcript), people, window);
    const { channelName, startTime, recordingSessionId } = source.session;
    const heading = {
      ...{ channelName, recordingSessionId },
      startTime: startTime + Math.round((window.pieces[0]?.from ?? 0) / 48),
    };
    return textEntry(`transcript.${format}`, transcriptRenderers[format](texts, heading));
  }

  #ffmpeg(): Ffmpeg {
    const { ffmpeg } = this.#job;
    if (ffmpeg === null) throw new Error('EntryPlanner: a format that needs ffmpeg was planned without one');
    return ffmpeg;
  }
}

const textEntry = (name: string, text: string): ExportEntry => ({
  ...{ name, compress: true, weight: 0.01 },
  open: () => textBytes(text),
});
