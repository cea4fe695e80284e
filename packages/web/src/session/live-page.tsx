import type { ApiLiveEvent, ApiRecording } from '@parley/protocol/api';
import { useEffect, useReducer, useState } from 'react';
import { pathOf } from '../api/client.ts';
import { clockTime, lengthInWords, spokenTime } from '../timeline/time-format.ts';
import { Avatar } from '../ui/avatar.tsx';
import { laneColour } from '../ui/initials.ts';
import { gapInWords } from './gap-words.ts';
import { afterLiveEvent, liveBeginning, liveStripMs } from './live-state.ts';
import { NoteForm } from './note-form.tsx';
import { RecordingHeader } from './recording-header.tsx';
import { sizeInWords } from './size-words.ts';

const eventNames: readonly ApiLiveEvent['type'][] = ['state', 'spoke', 'note', 'gap', 'ended'];

/** A recording while it runs: who is there, who speaks, what was lost. Becomes the finished page by itself. */
export const LivePage = ({
  recording,
  onEnded,
}: {
  readonly recording: ApiRecording;
  readonly onEnded: () => void;
}) => {
  const [live, take] = useReducer(afterLiveEvent, liveBeginning);
  const [connected, setConnected] = useState(true);
  const [noting, setNoting] = useState(false);
  useEffect(() => {
    const source = new EventSource(pathOf('live', { id: recording.id }));
    source.onopen = () => setConnected(true);
    source.onerror = () => setConnected(false); // the browser tries again by itself
    for (const name of eventNames) {
      source.addEventListener(name, (event) => take(JSON.parse((event as MessageEvent<string>).data) as ApiLiveEvent));
    }
    return () => source.close();
  }, [recording.id]);
  useEffect(() => {
    if (live.ended) onEnded();
  }, [live.ended, onEnded]);

  const { now } = live;
  const elapsedMs = now?.elapsedMs ?? 0;
  return (
    <main className="session">
      <RecordingHeader recording={recording} />
      <section className="live-board card" aria-label="Now">
        <div className="live-clock">
          <span className="numbers live-time" aria-hidden="true">
            {clockTime(elapsedMs)}
          </span>
          <span className="visually-hidden">Recording for {spokenTime(elapsedMs)}</span>
          {now?.paused && <span className="chip">paused</span>}
          {!connected && (
            <span className="chip" role="status">
              connection lost, trying again…
            </span>
          )}
          {recording.may.note && (
            <button type="button" className="button" onClick={() => setNoting(true)}>
              Set a note
            </button>
          )}
        </div>
        <ul className="live-people">
          {(now?.people ?? []).map((person, index) => (
            <li
              key={person.userId}
              className="live-person"
              data-speaking={person.speaking}
              style={{ '--lane': laneColour(index) } as React.CSSProperties}
            >
              <Avatar name={person.displayName} url={person.avatarUrl} colour={laneColour(index)} size={40} />
              <span className="live-who">
                <bdi className="live-name">{person.displayName}</bdi>
                <span className="soft">{person.speaking ? 'speaking' : 'recorded'}</span>
              </span>
              <span className="live-strip" aria-hidden="true">
                {live.spoke
                  .filter(({ userId }) => userId === person.userId)
                  .map(({ fromMs, toMs }) => (
                    <span
                      key={fromMs}
                      style={{
                        right: `${Math.max(0, ((elapsedMs - toMs) / liveStripMs) * 100)}%`,
                        width: `${((toMs - fromMs) / liveStripMs) * 100}%`,
                      }}
                    />
                  ))}
              </span>
            </li>
          ))}
        </ul>
        {now !== null && now.notRecorded > 0 && (
          <p className="soft">
            {now.notRecorded === 1 ? 'One more person is' : `${now.notRecorded} more people are`} there and not
            recorded.
          </p>
        )}
        {now !== null && (
          <p className="soft live-facts numbers">
            {now.received === 0
              ? 'nothing heard yet'
              : `${now.lost.toLocaleString()} of ${(now.received + now.lost).toLocaleString()} packets lost`}
            {now.freeBytes !== null && ` · ${sizeInWords(now.freeBytes)} free on the disk`}
          </p>
        )}
      </section>
      {(live.notes.length > 0 || live.gaps.length > 0) && (
        <section className="card panel" aria-label="Events">
          <h2>So far</h2>
          <ul className="gap-list">
            {live.notes.map((note) => (
              <li key={`${note.atMs}-${note.userId}`} className="gap-list-row">
                <span className="numbers">{clockTime(note.atMs)}</span>
                <span>
                  <bdi>{note.displayName}</bdi>: {note.text}
                </span>
              </li>
            ))}
            {live.gaps.map((gap) => (
              <li key={`${gap.fromMs}-${gap.reason}`} className="gap-list-row">
                <span className="numbers">{clockTime(gap.fromMs)}</span>
                <span>
                  {lengthInWords(gap.toMs - gap.fromMs)} missing: {gapInWords(gap.reason)}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      {noting && (
        <NoteForm
          recordingId={recording.id}
          atMs={elapsedMs}
          onClose={() => setNoting(false)}
          onSaved={() => setNoting(false)}
        />
      )}
    </main>
  );
};
