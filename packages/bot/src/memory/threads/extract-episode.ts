import { clockText } from '../../transcripts/summary/turns.ts';
import type { StoredTurn } from '../memory-rows.ts';
import type { ThreadSummary } from './thread-model.ts';

const shownTurns = 3;
const shownLength = 200;

const shortened = (text: string): string =>
  text.length <= shownLength ? text : `${text.slice(0, shownLength).replace(/\s+\S*$/, '')}…`;

/** Who talked with the agent, for how long, and their longest turns in order of time: a summary without a model. Pure. */
export const extractEpisode = (turns: readonly StoredTurn[], nameOf: (userId: string) => string): ThreadSummary => {
  const names = [...new Set(turns.flatMap(({ speakers }) => speakers))].map(nameOf);
  const lastingMs = (turns.at(-1)?.at ?? 0) - (turns[0]?.at ?? 0);
  const count = turns.length === 1 ? 'one turn' : `${turns.length} turns`;
  const longest = turns
    .filter(({ userText }) => userText !== '')
    .toSorted((a, b) => b.userText.length - a.userText.length)
    .slice(0, shownTurns)
    .toSorted((a, b) => a.id - b.id);
  return {
    summary: [
      `${names.join(', ') || 'Nobody'} talked with the agent: ${count} within ${clockText(lastingMs)}.`,
      ...longest.map(({ userText }) => `“${shortened(userText)}”`),
    ].join('\n'),
    ...{ themes: [], openLoops: [], resolved: [] },
  };
};
