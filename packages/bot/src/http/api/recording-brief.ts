import type { RecordingRow } from '../../store/index.ts';
import { apiPerson, heardPeople } from '../recording-view/describe.ts';
import type { ApiResult } from './api-call.ts';
import type { ApiServices } from './services.ts';

export type BriefAnswer = ApiResult<'recordings'>['recordings'][number];

/** A recording as lists show it. */
export const briefOf = async (
  { people, shelf, store, transcripts }: ApiServices,
  row: RecordingRow,
): Promise<BriefAnswer> => {
  const { recordingSessionId, guildId, channelName, startTime, durationMs, status } = row;
  const session = await shelf.session(recordingSessionId);
  const heard = session ? heardPeople(session) : [];
  // While it runs, and where its file cannot be read, those who were seen in it.
  const seen = heard.length > 0 ? [] : await store.participants.of(recordingSessionId);
  const shown = heard.length > 0 ? heard : seen.filter(({ bot }) => bot !== true);
  return {
    ...{ id: recordingSessionId, guildId, channelName, startTime, status },
    guildName: people.guildName(guildId),
    durationMs: status === 'recording' ? null : durationMs,
    people: shown.map((person) => apiPerson(person, people.avatarUrl(guildId, person.userId))),
    transcript: await transcripts.status(recordingSessionId),
  };
};
