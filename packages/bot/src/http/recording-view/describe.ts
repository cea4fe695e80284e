import type { SessionFile } from '@parley/mux';
import { SAMPLE_RATE } from '@parley/mux';
import type { ApiGap, ApiPerson } from '@parley/protocol/api';

/** A person's name where none is known. */
const nameless = 'somebody';

export const msOf = (samples: number): number => Math.max(0, samples / (SAMPLE_RATE / 1000));

/** People who are heard in a recording, by the time of their first word. */
export const heardPeople = ({ participants, segments }: SessionFile): SessionFile['participants'] => {
  const first = new Map<string, number>();
  for (const { userId, startSample } of segments) {
    first.set(userId, Math.min(first.get(userId) ?? Number.POSITIVE_INFINITY, startSample));
  }
  const when = (userId: string) => first.get(userId) ?? Number.MAX_SAFE_INTEGER;
  return participants
    .filter(({ bot, speechMs }) => bot !== true && speechMs > 0)
    .toSorted((a, b) => when(a.userId) - when(b.userId));
};

export const nameOf = (participants: SessionFile['participants'], userId: string): string =>
  participants.find((person) => person.userId === userId)?.displayName ?? nameless;

export const gapsOf = ({ holes }: SessionFile): ApiGap[] =>
  holes.map(({ fromSample, toSample, userId, reason }) => ({
    ...{ fromMs: msOf(fromSample), toMs: msOf(toSample), reason },
    userId: userId ?? null,
  }));

export const apiPerson = (
  { userId, displayName }: { readonly userId: string; readonly displayName: string },
  avatarUrl: string | null,
): ApiPerson => ({ userId, displayName, avatarUrl });
