import type { RecordingSpec } from '@parley/protocol';
import type { Session } from '../session.ts';

/** What a child is told with its join: where to, whom not to record from the first packet on, and what it goes on recording. */
export const joinParamsOf = (
  { info, channelId, people }: Pick<Session, 'info' | 'channelId' | 'people'>,
  botUserId: string,
  recording: RecordingSpec | undefined,
) => ({
  sessionId: info.sessionId,
  target: { kind: 'discord' as const, guildId: info.guildId, channelId, userId: botUserId },
  originUs: info.originUs,
  ...(recording === undefined ? {} : { recording }),
  excluded: people.excludedForJoin(),
  roster: people.roster(),
});
