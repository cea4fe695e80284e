import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SessionFile } from '@parley/mux';
import { apiPath } from '@parley/protocol/api';
import type { RecordingRow } from '../../store/index.ts';
import type { Viewer } from '../access/viewer.ts';
import { apiPerson, gapsOf, heardPeople, msOf, nameOf } from '../recording-view/describe.ts';
import type { ApiResult } from './api-call.ts';
import type { Note } from './note-book.ts';
import { briefOf } from './recording-brief.ts';
import { type ApiServices, liveSessionOf } from './services.ts';

const dayMs = 86_400_000;

type WholeAnswer = ApiResult<'recording'>;

const sizeOf = async (path: string): Promise<number | null> =>
  stat(path).then(
    (stats) => (stats.isFile() ? stats.size : null),
    () => null,
  );

/** A lane and the size of its track; null: there is no track yet. */
interface SizedLane {
  readonly lane: WholeAnswer['lanes'][number];
  readonly bytes: number | null;
}

const heardIn = (session: SessionFile | null, gone: ReadonlySet<string>): SessionFile['participants'] =>
  (session ? heardPeople(session) : []).filter(({ userId }) => !gone.has(userId));

const lanesOf = async (
  { people, shelf }: ApiServices,
  { recordingSessionId: id, guildId }: RecordingRow,
  session: SessionFile | null,
  gone: ReadonlySet<string>,
): Promise<SizedLane[]> => {
  const layout = shelf.layout(id);
  return await Promise.all(
    heardIn(session, gone).map(async (person) => {
      const params = { id, userId: person.userId };
      const bytes = await sizeOf(layout.track(person.userId));
      const peaks = await sizeOf(join(layout.root, 'peaks', `${person.userId}.json`));
      const lane = {
        ...apiPerson(person, people.avatarUrl(guildId, person.userId)),
        speechMs: person.speechMs,
        trackUrl: bytes === null ? null : apiPath('track', params),
        peaksUrl: peaks === null ? null : apiPath('peaks', params),
      };
      return { lane, bytes };
    }),
  );
};

/** Notes of the mix, and those that were set since and are not in it yet. */
const notesOf = (session: SessionFile | null, added: readonly Note[]): WholeAnswer['notes'] => {
  const markers = session?.markers ?? [];
  const isThere = (note: Note) =>
    markers.some(({ sample, userId, text }) => sample === note.sample && userId === note.userId && text === note.text);
  return [...markers, ...added.filter((note) => !isThere(note))]
    .toSorted((a, b) => a.sample - b.sample)
    .map(({ sample, userId, text }) => ({
      ...{ atMs: msOf(sample), userId, text },
      displayName: nameOf(session?.participants ?? [], userId),
    }));
};

const downloadsOf = (id: string, mixBytes: number | null, lanes: readonly SizedLane[]): WholeAnswer['downloads'] => [
  ...(mixBytes === null
    ? []
    : [{ kind: 'mix' as const, label: 'Mix', url: `${apiPath('mix', { id })}?download`, bytes: mixBytes }]),
  ...lanes.flatMap(({ lane: { displayName, trackUrl }, bytes }) =>
    trackUrl === null || bytes === null
      ? []
      : [{ kind: 'track' as const, label: displayName, url: `${trackUrl}?download`, bytes }],
  ),
];

/** A recording with everything its page shows. */
export const wholeOf = async (services: ApiServices, viewer: Viewer, row: RecordingRow): Promise<WholeAnswer> => {
  const { access, erasing, shelf, store, notes, transcripts } = services;
  const { recordingSessionId: id, guildId, status } = row;
  const session = await shelf.session(id);
  const { people: seen, ...head } = await briefOf(services, row);
  const gone = await erasing.from(row);
  const lanes = await lanesOf(services, row, session, gone);
  // Their voice is in the mix, and their words may be in what sums it up.
  const isErasing = gone.size > 0;
  const mixBytes = session?.outputFile && !isErasing ? await sizeOf(shelf.layout(id).mix) : null;
  const { retentionDays } = await store.guildSettings.get(guildId);
  const isPerson = viewer.kind === 'person';
  const isRunning = status === 'recording';
  return {
    ...head,
    lanes: lanes.map(({ lane }) => lane),
    mixUrl: mixBytes === null ? null : apiPath('mix', { id }),
    gaps: session ? gapsOf(session) : [],
    notes: notesOf(session, isRunning ? [] : await notes.of(id)).filter(({ userId }) => !gone.has(userId)),
    downloads: downloadsOf(id, mixBytes, lanes),
    loudness: session?.loudness ?? null,
    quality: {
      received: session?.quality.received ?? 0,
      lost: session?.quality.lost ?? 0,
      concealed: session?.quality.concealed ?? 0,
    },
    deletedAt: retentionDays === 0 || isRunning ? null : (row.endTime ?? row.startTime) + retentionDays * dayMs,
    summary: isErasing ? null : await transcripts.summary(id),
    erasing: isErasing,
    may: {
      note: isPerson && (!isRunning || liveSessionOf(services, row) !== null),
      export: isPerson && !isErasing,
      eraseSelf: isPerson && seen.some(({ userId }) => userId === viewer.userId),
      eraseAnybody: await access.manages(viewer, guildId),
    },
  };
};
