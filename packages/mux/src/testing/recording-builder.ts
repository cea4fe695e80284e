import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Hole } from '../formats/hole.ts';
import type { JournalLine } from '../formats/journal.ts';
import { recordingLayout, segmentStem } from '../formats/recording-layout.ts';
import type { SegmentSidecar } from '../formats/segment-sidecar.ts';
import type { SessionFile } from '../formats/session-file.ts';
import { OggOpusWriter } from '../ogg/opus-writer.ts';
import { type FillPacket, isConcealmentPacket, isSilencePacket } from '../ogg/silence.ts';

export interface TestPerson {
  readonly userId: string;
  readonly username?: string;
  readonly displayName?: string;
  readonly bot?: boolean | null;
}

export interface TestSegment {
  readonly userId: string;
  /** Position of the first packet on the recording's clock. */
  readonly startSample: number;
  readonly packets: readonly FillPacket[];
  readonly part?: number;
  /** `open` leaves the file as a killed writer does: no end-of-stream flag, the last page torn when `tornBytes` says so. */
  readonly status?: 'closed' | 'open';
  readonly tornBytes?: number;
  readonly maxPacketsPerPage?: number;
  /** Anything of the sidecar to be different. */
  readonly sidecar?: Partial<SegmentSidecar>;
}

export interface TestRecordingOptions {
  readonly recordingSessionId?: string;
  /** Epoch milliseconds of sample 0. */
  readonly startTime?: number;
}

type Entry = {
  [T in JournalLine['type']]: Omit<Extract<JournalLine, { type: T }>, 'v' | 'at' | 'sample'>;
}[JournalLine['type']];

/**
 * Writes a recording's folder as supervisor and voxproc would: segments with sidecars, journals, session.json. Blocking; for tests
 * and benches. Every method writes at once, so a test can break what it likes in between.
 */
export class RecordingBuilder {
  readonly folder: string;
  readonly recordingSessionId: string;
  readonly startTime: number;
  readonly #people = new Map<string, TestPerson>();
  readonly #lines: JournalLine[] = [];
  readonly #folders = new Set<string>();

  /** @param folder the recording's own folder; it and its parents are made */
  constructor(folder: string, options: TestRecordingOptions = {}) {
    this.folder = folder;
    this.recordingSessionId = options.recordingSessionId ?? '100-200-20261120T120000000Z';
    this.startTime = options.startTime ?? Date.UTC(2026, 10, 20, 12);
    const layout = recordingLayout(folder);
    for (const path of [layout.segments, layout.journal]) mkdirSync(path, { recursive: true, mode: 0o700 });
    this.note(0, {
      type: 'recording_started',
      sessionId: '00000000-0000-4000-8000-000000000001',
      recordingSessionId: this.recordingSessionId,
      guildId: '100',
      channelId: '200',
      channelName: 'Table',
      requestedByUserId: '1',
      originUs: 0,
      bootId: 'test-boot',
    });
  }

  /** Adds a person, with the journal's line. */
  person(person: TestPerson): this {
    this.#people.set(person.userId, person);
    return this.note(0, { type: 'participant', event: 'present', ...this.#namesOf(person.userId) });
  }

  /** Appends a line to the supervisor's journal. */
  note(sample: number, entry: Entry): this {
    this.#lines.push({ v: 1, at: Math.round(this.startTime + sample / 48), sample, ...entry } as JournalLine);
    return this;
  }

  hole(hole: Hole): this {
    return this.note(hole.fromSample, { type: 'hole', ...hole });
  }

  /** Writes one segment and its sidecar. @returns the path of the audio */
  segment(segment: TestSegment): string {
    const { userId, startSample, packets, part = 1, status = 'closed' } = segment;
    const stem = segmentStem(startSample, part);
    const segmentId = `${userId}/${stem}`;
    const folder = recordingLayout(this.folder).personSegments(userId);
    if (!this.#folders.has(folder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#folders.add(folder);
    const { bytes, pages } = segmentBytes(segment, this.recordingSessionId);
    const path = join(folder, `${stem}.ogg`);
    writeFileSync(path, bytes, { mode: 0o600 });
    const sidecar = { ...this.#sidecarOf(segment, segmentId, stem, bytes.length, pages), ...segment.sidecar };
    writeFileSync(join(folder, `${stem}.json`), JSON.stringify(sidecar), { mode: 0o600 });
    this.note(Math.max(0, startSample), { type: 'segment_opened', segmentId });
    const samples = packets.reduce((sum, packet) => sum + packet.samples, 0);
    if (status === 'closed')
      this.note(Math.max(0, startSample + samples), { type: 'segment_closed', segmentId, samples });
    return path;
  }

  /** Ends the recording: its last journal line, the journal, session.json as `muxing`. */
  end(endSample: number): this {
    this.note(endSample, { type: 'recording_ended', reason: 'left' });
    this.writeJournal();
    this.writeSession({
      status: 'muxing',
      durationMs: endSample / 48,
      endTime: Math.round(this.startTime + endSample / 48),
    });
    return this;
  }

  /** Writes the journal as it stands. */
  writeJournal(): this {
    const text = this.#lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    writeFileSync(recordingLayout(this.folder).supervisorJournal, text, { mode: 0o600 });
    return this;
  }

  writeSession(part: Partial<SessionFile> = {}): this {
    const session: SessionFile = {
      schema: 1,
      sessionId: '00000000-0000-4000-8000-000000000001',
      recordingSessionId: this.recordingSessionId,
      guildId: '100',
      channelId: '200',
      channelName: 'Table',
      startTime: this.startTime,
      endTime: null,
      durationMs: null,
      status: 'recording',
      outputFile: null,
      participants: [],
      segments: [],
      skipped: [],
      holes: [],
      markers: [],
      consents: [],
      loudness: null,
      quality: { received: 0, written: 0, lost: 0, concealed: 0, undecryptable: 0, reanchors: 0, maxDriftPpm: 0 },
      mux: null,
      versions: {},
      ...part,
    };
    writeFileSync(recordingLayout(this.folder).sessionFile, JSON.stringify(session, null, 2), { mode: 0o600 });
    return this;
  }

  #namesOf(userId: string): { userId: string; username: string; displayName: string; bot: boolean | null } {
    const person = this.#people.get(userId);
    const username = person?.username ?? `user${userId}`;
    return {
      userId,
      username,
      displayName: person?.displayName ?? username,
      bot: person?.bot ?? (person === undefined ? null : false),
    };
  }

  #sidecarOf(segment: TestSegment, segmentId: string, stem: string, bytes: number, pages: number): SegmentSidecar {
    const { userId, startSample, packets, status = 'closed' } = segment;
    const open = status === 'open';
    const tally = (list: readonly FillPacket[]): number => list.reduce((sum, one) => sum + one.samples, 0);
    const fills = packets.filter(({ packet }) => isSilencePacket(packet));
    const concealed = packets.filter(({ packet }) => isConcealmentPacket(packet));
    const written = open ? 0 : packets.length - fills.length - concealed.length;
    const samples = open ? 0 : tally(packets);
    const startTime = Math.max(0, Math.round(this.startTime + startSample / 48));
    return {
      schema: 1,
      recordingSessionId: this.recordingSessionId,
      segmentId,
      ...this.#namesOf(userId),
      part: segment.part ?? 1,
      ssrc: [1000 + Number(userId.replace(/\D/g, '').slice(-6) || 0)],
      startSample,
      samples,
      startTime,
      endTime: Math.round(startTime + samples / 48),
      durationMs: samples / 48,
      file: `${stem}.ogg`,
      packets: { received: written, written, dropped: {}, lost: open ? 0 : concealed.length },
      fill: {
        lossConcealed: open ? 0 : tally(concealed),
        lossSilence: 0,
        pause: open ? 0 : tally(fills),
      },
      lostBetween: 0,
      lostSamples: open ? 0 : tally(concealed),
      clock: {
        rtpStart: startSample,
        offsetSamples: 0,
        driftPpm: 0,
        reanchors: [],
        points: [[startSample, startSample]],
      },
      encryption: { version: 1, failures: 0 },
      bytes: open ? 0 : bytes,
      pages: open ? 0 : pages,
      status,
      closedBy: open ? null : 'silence',
    };
  }
}

/** The bytes of a segment's file as voxproc would have written them. */
export const segmentBytes = (segment: TestSegment, recordingSessionId: string): { bytes: Buffer; pages: number } => {
  const { userId, startSample, packets, status = 'closed', tornBytes = 0, maxPacketsPerPage = 25 } = segment;
  const writer = new OggOpusWriter({
    serial: (startSample * 31 + Number(userId.replace(/\D/g, '').slice(-6) || 0)) >>> 0,
    comments: { PARLEY_RECORDING: recordingSessionId, PARLEY_USER: userId, PARLEY_START_SAMPLE: String(startSample) },
    maxPacketsPerPage,
  });
  const parts: (Buffer | null)[] = [writer.header()];
  for (const { packet, samples } of packets) parts.push(writer.push(packet, samples));
  if (status === 'closed') {
    parts.push(writer.end());
  } else {
    const last = writer.flush();
    parts.push(last);
    if (tornBytes > 0) parts.push(writer.end().subarray(0, tornBytes));
  }
  return { bytes: Buffer.concat(parts.filter((part) => part !== null)), pages: writer.pages };
};
