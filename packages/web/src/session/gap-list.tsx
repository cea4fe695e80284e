import type { ApiGap, ApiLane } from '@parley/protocol/api';
import { clockTime, lengthInWords } from '../timeline/time-format.ts';
import { gapInWords } from './gap-words.ts';

/** What could not be captured, and why; nothing where nothing is missing. */
export const GapList = ({
  gaps,
  lanes,
  onSeek,
}: {
  readonly gaps: readonly ApiGap[];
  readonly lanes: readonly ApiLane[];
  readonly onSeek: (ms: number) => void;
}) => {
  if (gaps.length === 0) return null;
  const names = new Map(lanes.map(({ userId, displayName }) => [userId, displayName]));
  return (
    <section className="card panel" aria-label="What is missing">
      <h2>What is missing</h2>
      <ul className="gap-list">
        {gaps.map((gap) => (
          <li key={`${gap.fromMs}-${gap.userId}-${gap.reason}`} className="gap-list-row">
            <button type="button" className="button small numbers" onClick={() => onSeek(gap.fromMs)}>
              {clockTime(gap.fromMs)}
            </button>
            <span>
              {lengthInWords(gap.toMs - gap.fromMs)}
              {gap.userId !== null && (
                <>
                  {' '}
                  of <bdi>{names.get(gap.userId) ?? 'one person'}</bdi>
                </>
              )}
              : {gapInWords(gap.reason)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
};
