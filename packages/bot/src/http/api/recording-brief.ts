import type { SessionFile } from '@parley/mux';
import type { RecordingRow } from '../../store/index.ts';
import { apiPerson, heardPeople } from '../recording-view/describe.ts';
import { mayBeNamed } from '../recording-view/may-be-named.ts';
import type { ApiResult } from './api-call.ts';
import { type ApiServices, liveSessionOf } from './services.ts';

export type BriefAnswer = ApiResult<'recordings'>['recordings'][number];

/** Who was there, where nobody is heard: while it runs, and where its file cannot be read. */
const presentIn = async (services: ApiServices, row: RecordingRow, session: SessionFile | null) => {
  const { store } = services;
  const { recordingSessionId, guildId } = row;
  const [rules, optedOut, optedIn, seen] = await Promise.all([
    store.guildSettings.get(guildId),
    store.consents.optedOut(guildId),
    store.consents.optedIn(guildId),
    store.participants.of(recordingSessionId),
  ]);
  const live = liveSessionOf(services, row)?.people.recorded ?? null;
  const facts = { live, consents: session?.consents ?? [], rules, optedOut, optedIn };
  return seen.filter(({ bot, userId }) => bot !== true && mayBeNamed(facts, userId));
};

/** A recording as lists show it. @throws StoreError */
export const briefOf = async (services: ApiServices, row: RecordingRow): Promise<BriefAnswer> => {
  const { erasing, people, shelf, transcripts } = services;
  const { recordingSessionId, guildId, channelName, startTime, durationMs, status } = row;
  const session = await shelf.session(recordingSessionId);
  const heard = session ? heardPeople(session) : [];
  const gone = await erasing.from(row);
  const there = heard.length > 0 ? heard : await presentIn(services, row, session);
  const shown = there.filter(({ userId }) => !gone.has(userId));
  return {
    ...{ id: recordingSessionId, guildId, channelName, startTime, status },
    guildName: people.guildName(guildId),
    durationMs: status === 'recording' ? null : durationMs,
    people: shown.map((person) => apiPerson(person, people.avatarUrl(guildId, person.userId))),
    transcript: await transcripts.status(recordingSessionId),
  };
};
