import type { SeenEffect } from '../../session/presence/voice-effects.ts';
import type { RecentEvent } from '../../session/recent-events.ts';

/** What happened is news for so long, ms. */
const newsMs = 120_000;
const effectNewsMs = 60_000;
const mostEvents = 6;
const mostNotes = 3;

export interface RoomNews {
  readonly events: readonly string[];
  readonly notes: readonly string[];
}

const told = ({ message }: RecentEvent, nameOf: (userId: string) => string): string | null => {
  switch (message.kind) {
    case 'person_came':
      return `${nameOf(message.details.userId)} came`;
    case 'person_went':
      return `${nameOf(message.details.userId)} went`;
    case 'stream_started':
      return `${nameOf(message.details.userId)} shows their screen, which you cannot see`;
    default:
      return null;
  }
};

/** What the model is told of what happened in the channel lately, without ages: the same as long as nothing changes. Pure. */
export const roomNews = (
  recent: readonly RecentEvent[],
  effects: readonly SeenEffect[],
  nameOf: (userId: string) => string,
  nowMs: number,
): RoomNews => {
  const events = recent
    .filter(({ at }) => nowMs - at < newsMs)
    .flatMap((event) => {
      const text = told(event, nameOf);
      return text === null ? [] : [{ at: event.at, text }];
    });
  const sent = effects
    .filter(({ at }) => nowMs - at < effectNewsMs)
    .map(({ at, userId, emoji }) => ({
      at,
      text: emoji === null ? `${nameOf(userId)} played a sound` : `${nameOf(userId)} threw ${emoji} into the channel`,
    }));
  const notes = recent.flatMap(({ message }) =>
    message.kind === 'note_kept' ? [`${nameOf(message.details.userId)}: ${message.details.text}`] : [],
  );
  return {
    events: [...events, ...sent]
      .toSorted((a, b) => a.at - b.at)
      .map(({ text }) => text)
      .slice(-mostEvents),
    notes: notes.slice(-mostNotes),
  };
};
