import type { ApiLane, ApiRecording, ApiSpoken, ApiTranscript } from '@parley/protocol/api';
import { memo, type RefObject, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useServices } from '../app/services.ts';
import { type Loaded, useLoaded } from '../app/use-loaded.ts';
import type { Playback } from '../player/playback.ts';
import { usePosition } from '../player/use-playback.ts';
import { clockTime, spokenTime } from '../timeline/time-format.ts';
import { laneColour } from '../ui/initials.ts';
import { matchesIn, segmentAt } from './follow.ts';

export interface TranscriptPanelProps {
  readonly recording: ApiRecording;
  readonly playback: Playback;
  readonly searchField: RefObject<HTMLInputElement | null>;
  /** Called when a transcript that was being made is there. */
  readonly onMade: () => void;
}

/** Asked again while it is being made, milliseconds. */
const makingPollMs = 3000;

/** After the reader has scrolled, the transcript leaves them alone for so long, milliseconds. */
const readingMs = 6000;

export const TranscriptPanel = ({ recording, playback, searchField, onMade }: TranscriptPanelProps) => {
  const { api } = useServices();
  const load = useCallback(
    (signal: AbortSignal): Promise<ApiTranscript> => api.call('transcript', { params: { id: recording.id }, signal }),
    [api, recording.id],
  );
  const [loaded, reload] = useLoaded(load);
  const status = loaded.state === 'loaded' ? loaded.value.status : null;
  const isMaking = status === 'queued' || status === 'running';
  const wasMaking = useRef(false);
  useEffect(() => {
    if (wasMaking.current && status === 'done') onMade();
    wasMaking.current = isMaking;
    if (!isMaking) return undefined;
    const timer = setInterval(reload, makingPollMs);
    return () => clearInterval(timer);
  }, [status, isMaking, reload, onMade]);
  const [query, setQuery] = useState('');
  return (
    <section className="transcript card" aria-label="Transcript">
      <div className="transcript-head">
        <h2>What was said</h2>
        <input
          ref={searchField}
          type="search"
          placeholder="Search"
          aria-label="Search in what was said"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
      </div>
      <TranscriptBody loaded={loaded} query={query} recording={recording} playback={playback} />
    </section>
  );
};

const missing: Readonly<Record<ApiRecording['transcript'], string>> = {
  none: 'There is no transcript of this recording.',
  queued: 'The transcript is waiting for its turn.',
  running: 'The transcript is being made. It appears here when it is done.',
  failed: 'The transcript could not be made. The operator finds the reason in the log.',
  done: 'Nothing was said that could be written down.',
};

const TranscriptBody = ({
  loaded,
  query,
  recording,
  playback,
}: {
  readonly loaded: Loaded<ApiTranscript>;
  readonly query: string;
  readonly recording: ApiRecording;
  readonly playback: Playback;
}) => {
  const lanes = useMemo(
    () => new Map(recording.lanes.map((lane, index) => [lane.userId, { lane, index }])),
    [recording.lanes],
  );
  if (loaded.state === 'loading') return <p className="soft transcript-empty">Loading…</p>;
  if (loaded.state === 'failed') return <p className="soft transcript-empty">{loaded.failure.message}</p>;
  const { segments, status, fraction } = loaded.value;
  if (segments.length === 0) {
    return (
      <div className="transcript-empty">
        <p className="soft">{missing[status]}</p>
        {status === 'running' && fraction !== null && (
          <progress className="transcript-progress" value={fraction} aria-label="How much of it is transcribed">
            {Math.floor(fraction * 100)} %
          </progress>
        )}
      </div>
    );
  }
  return <TranscriptList segments={segments} lanes={lanes} query={query} playback={playback} />;
};

interface ListProps {
  readonly segments: readonly ApiSpoken[];
  readonly lanes: ReadonlyMap<string, { readonly lane: ApiLane; readonly index: number }>;
  readonly query: string;
  readonly playback: Playback;
}

const TranscriptList = ({ segments, lanes, query, playback }: ListProps) => {
  const list = useRef<HTMLOListElement>(null);
  const scrolledAt = useRef(Number.NEGATIVE_INFINITY);
  const position = usePosition(playback, 250);
  const current = segmentAt(segments, position);
  const shown = useMemo(
    () =>
      segments.flatMap((segment, index) => {
        const parts = matchesIn(segment.text, query);
        return query.trim() === '' || parts.some(({ isMatch }) => isMatch) ? [{ segment, index, parts }] : [];
      }),
    [segments, query],
  );
  useEffect(() => {
    if (performance.now() - scrolledAt.current < readingMs) return;
    const row = list.current?.querySelector<HTMLElement>(`[data-index="${current}"]`);
    const box = list.current;
    if (!row || !box) return;
    const calm = matchMedia('(prefers-reduced-motion: reduce)').matches;
    box.scrollTo({ top: row.offsetTop - box.clientHeight / 3, behavior: calm ? 'auto' : 'smooth' });
  }, [current]);
  const reading = () => {
    scrolledAt.current = performance.now();
  };
  const seek = useCallback((ms: number) => playback.seek(ms), [playback]);
  return (
    <>
      <p className="visually-hidden" role="status">
        {query.trim() === '' ? '' : `${shown.length} of ${segments.length} lines match`}
      </p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reachable by keys */}
      <ol className="transcript-list" ref={list} onWheel={reading} onTouchMove={reading} tabIndex={0}>
        {shown.length === 0 && <li className="soft transcript-empty">Nothing matches.</li>}
        {shown.map(({ segment, index, parts }) => {
          const speaker = lanes.get(segment.userId);
          return (
            <Line
              key={`${segment.fromMs}-${segment.userId}`}
              index={index}
              fromMs={segment.fromMs}
              name={speaker?.lane.displayName ?? 'somebody'}
              colour={laneColour(speaker?.index ?? 0)}
              parts={parts}
              isCurrent={index === current}
              onSeek={seek}
            />
          );
        })}
      </ol>
    </>
  );
};

interface LineProps {
  readonly index: number;
  readonly fromMs: number;
  readonly name: string;
  readonly colour: string;
  readonly parts: ReturnType<typeof matchesIn>;
  readonly isCurrent: boolean;
  readonly onSeek: (ms: number) => void;
}

const Line = memo(({ index, fromMs, name, colour, parts, isCurrent, onSeek }: LineProps) => (
  <li
    className="transcript-line"
    data-index={index}
    aria-current={isCurrent ? 'true' : undefined}
    style={{ '--lane': colour } as React.CSSProperties}
  >
    <button type="button" className="transcript-time numbers" onClick={() => onSeek(fromMs)}>
      <span aria-hidden="true">{clockTime(fromMs)}</span>
      <span className="visually-hidden">Play from {spokenTime(fromMs)}</span>
    </button>
    <p>
      <bdi className="transcript-who">{name}</bdi>{' '}
      <span>
        {parts.map(({ text, isMatch }, part) =>
          // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other identity than their place
          isMatch ? <mark key={part}>{text}</mark> : <span key={part}>{text}</span>,
        )}
      </span>
    </p>
  </li>
));
Line.displayName = 'Line';
