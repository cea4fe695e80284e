import type { ApiRecordingBrief } from '@parley/protocol/api';
import { type FormEvent, useCallback, useEffect, useMemo, useState } from 'react';
import { ApiFailure } from '../api/client.ts';
import { go } from '../app/router.ts';
import { useServices } from '../app/services.ts';
import { useLoaded } from '../app/use-loaded.ts';
import { FailurePage } from '../ui/failure-page.tsx';
import { SearchIcon } from '../ui/icons.tsx';
import { byDay } from './by-day.ts';
import { RecordingRow } from './recording-row.tsx';
import { SearchResults } from './search-results.tsx';

/** Asked again while something runs, milliseconds. */
const livePollMs = 15_000;

/** The recordings one may see, newest first, and a search through what was said in them. */
export const LibraryPage = ({ query }: { readonly query: string }) => {
  const { api } = useServices();
  const [typed, setTyped] = useState(query);
  const [guildId, setGuildId] = useState<string | null>(null);
  const [older, setOlder] = useState<readonly ApiRecordingBrief[]>([]);
  const [next, setNext] = useState<string | null | undefined>(undefined);
  const [problem, setProblem] = useState<string | null>(null);
  const load = useCallback(
    (signal: AbortSignal) => api.call('recordings', { params: {}, query: guildId === null ? {} : { guildId }, signal }),
    [api, guildId],
  );
  const [loaded, reload] = useLoaded(load);
  useEffect(() => {
    document.title = 'Recordings – Parley';
  }, []);
  useEffect(() => setTyped(query), [query]);
  const first = loaded.state === 'loaded' ? loaded.value.recordings : noRecordings;
  const someLive = first.some(({ status }) => status === 'recording' || status === 'muxing');
  useEffect(() => {
    if (!someLive) return undefined;
    const timer = setInterval(reload, livePollMs);
    return () => clearInterval(timer);
  }, [someLive, reload]);
  const recordings = useMemo(() => {
    const known = new Set(first.map(({ id }) => id));
    return [...first, ...older.filter(({ id }) => !known.has(id))];
  }, [first, older]);
  const guilds = useMemo(
    () => new Map(recordings.map((one) => [one.guildId, one.guildName ?? one.guildId])),
    [recordings],
  );

  if (loaded.state === 'failed') return <FailurePage failure={loaded.failure} onRetry={reload} />;
  const cursor = next === undefined && loaded.state === 'loaded' ? loaded.value.next : next;
  const more = async () => {
    if (cursor === null || cursor === undefined) return;
    try {
      const page = await api.call('recordings', {
        params: {},
        query: { cursor, ...(guildId === null ? {} : { guildId }) },
      });
      setOlder((before) => [...before, ...page.recordings]);
      setNext(page.next);
    } catch (error) {
      setProblem(error instanceof ApiFailure ? error.message : 'The older ones could not be loaded.');
    }
  };
  const search = (event: FormEvent) => {
    event.preventDefault();
    const words = typed.trim();
    go(words === '' ? '/' : `/?q=${encodeURIComponent(words)}`);
  };
  return (
    <main className="library">
      <div className="library-head">
        <h1>Recordings</h1>
        <form className="library-search" aria-label="Search" onSubmit={search}>
          <SearchIcon />
          <input
            type="search"
            value={typed}
            placeholder="Search what was said"
            aria-label="Search what was said in all recordings"
            onChange={(event) => setTyped(event.target.value)}
          />
        </form>
        {guilds.size > 1 && (
          <label className="field library-guild">
            <span className="visually-hidden">Server</span>
            <select
              value={guildId ?? ''}
              onChange={(event) => {
                setGuildId(event.target.value === '' ? null : event.target.value);
                setOlder([]);
                setNext(undefined);
              }}
            >
              <option value="">All servers</option>
              {[...guilds].map(([id, name]) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </label>
        )}
      </div>
      {query === '' ? (
        <>
          {loaded.state === 'loading' && <p className="soft">Loading…</p>}
          {loaded.state === 'loaded' && recordings.length === 0 && <NothingYet />}
          {byDay(recordings).map(({ day, label, items }) => (
            <section key={day} aria-label={label}>
              <h2 className="library-day soft">{label}</h2>
              <ul className="library-list card">
                {items.map((recording) => (
                  <RecordingRow key={recording.id} recording={recording} />
                ))}
              </ul>
            </section>
          ))}
          <p className="problem" role="status">
            {problem}
          </p>
          {cursor !== null && cursor !== undefined && (
            <button type="button" className="button" onClick={() => void more()}>
              Older ones
            </button>
          )}
        </>
      ) : (
        <SearchResults query={query} />
      )}
    </main>
  );
};

const noRecordings: readonly ApiRecordingBrief[] = [];

const NothingYet = () => (
  <div className="card panel nothing-yet">
    <h2>Nothing is recorded yet</h2>
    <p>
      Sit down in a voice channel on your Discord server and type <code>/join</code>. When Parley leaves, the recording
      stands here: a mix, a track of every person, and what was said.
    </p>
  </div>
);
