import type { ApiSearchHit } from '@parley/protocol/api';
import { useCallback, useState } from 'react';
import { ApiFailure } from '../api/client.ts';
import { Link } from '../app/link.tsx';
import { useServices } from '../app/services.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { clockTime } from '../timeline/time-format.ts';
import { excerptParts } from '../transcript/follow.ts';

const dateFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** Where the words were said, each a link to that moment. */
export const SearchResults = ({ query }: { readonly query: string }) => {
  const { api } = useServices();
  const load = useCallback(
    (signal: AbortSignal) => api.call('search', { params: {}, query: { q: query }, signal }),
    [api, query],
  );
  const [loaded] = useLoaded(load);
  const [more, setMore] = useState<{
    readonly query: string;
    readonly hits: readonly ApiSearchHit[];
    readonly next: string | null;
  }>({ query, hits: [], next: null });
  const [problem, setProblem] = useState<string | null>(null);
  if (loaded.state === 'loading') return <p className="soft">Searching…</p>;
  if (loaded.state === 'failed') return <p className="problem">{loaded.failure.message}</p>;
  const mine = more.query === query && more.hits.length > 0 ? more : { hits: [], next: loaded.value.next };
  const hits = [...loaded.value.hits, ...mine.hits];
  const loadMore = async (cursor: string) => {
    try {
      const page = await api.call('search', { params: {}, query: { q: query, cursor } });
      setMore({ query, hits: [...mine.hits, ...page.hits], next: page.next });
    } catch (error) {
      setProblem(error instanceof ApiFailure ? error.message : 'More could not be loaded.');
    }
  };
  return (
    <section aria-label="Results">
      <p className="soft" role="status">
        {hits.length === 0 ? `Nobody said “${query}” in a recording you may see.` : `“${query}” was said here:`}
      </p>
      <ul className="library-list card">
        {hits.map((hit) => (
          <li key={`${hit.recordingId}-${hit.atMs}-${hit.userId}`}>
            <Link className="search-hit" href={`/s/${hit.recordingId}?t=${Math.floor(hit.atMs / 1000)}`}>
              <span className="soft">
                <bdi>{hit.channelName}</bdi>, {dateFormat.format(hit.startTime)},{' '}
                <span className="numbers">{clockTime(hit.atMs)}</span>
              </span>
              <span>
                <bdi className="transcript-who">{hit.displayName}</bdi>{' '}
                {excerptParts(hit.excerpt).map(({ text, isMatch }, part) =>
                  // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other identity than their place
                  isMatch ? <mark key={part}>{text}</mark> : <span key={part}>{text}</span>,
                )}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      <p className="problem" role="status">
        {problem}
      </p>
      {mine.next !== null && (
        <button type="button" className="button" onClick={() => void loadMore(mine.next ?? '')}>
          More
        </button>
      )}
    </section>
  );
};
