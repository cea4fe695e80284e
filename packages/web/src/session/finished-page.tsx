import type { ApiRecording } from '@parley/protocol/api';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { Playback } from '../player/playback.ts';
import { PlayerBar } from '../player/player-bar.tsx';
import { ShortcutList } from '../player/shortcut-list.tsx';
import { nextRate, type Shortcut } from '../player/shortcuts.ts';
import { useShortcuts } from '../player/use-shortcuts.ts';
import { Timeline } from '../timeline/timeline.tsx';
import { useTimelineView } from '../timeline/use-view.ts';
import { xOf, zoomed } from '../timeline/view.ts';
import { TranscriptPanel } from '../transcript/transcript-panel.tsx';
import { Downloads } from './downloads.tsx';
import { EraseForm } from './erase-form.tsx';
import { ExportForm } from './export-form.tsx';
import { GapList } from './gap-list.tsx';
import { NoteForm } from './note-form.tsx';
import { RecordingHeader } from './recording-header.tsx';
import { useHeard } from './use-heard.ts';
import { usePeaks } from './use-peaks.ts';
import { WithoutAudio, withoutAudio } from './without-audio.tsx';

export interface FinishedPageProps {
  readonly recording: ApiRecording;
  readonly atMs: number | null;
  readonly onChanged: () => void;
}

export const FinishedPage = ({ recording, atMs, onChanged }: FinishedPageProps) => {
  const durationMs = recording.durationMs ?? 0;
  const playback = usePlaybackOf(recording, durationMs, atMs);
  const peaks = usePeaks(recording);
  const { audible, soloed, mute, solo } = useHeard(playback, recording);
  const trackArea = useRef<HTMLDivElement>(null);
  const searchField = useRef<HTMLInputElement>(null);
  const [view, setView] = useTimelineView(trackArea, durationMs);
  const [open, setOpen] = useState<'none' | 'help' | 'note'>('none');

  const zoom = useCallback(
    (factor: number) => {
      setView((before) => {
        const x = xOf(before, playback.positionMs);
        return zoomed(before, factor, x >= 0 && x <= before.widthPx ? x : before.widthPx / 2);
      });
    },
    [playback, setView],
  );
  const mayNote = recording.may.note;
  const act = useMemo<Record<Shortcut, () => void>>(
    () => ({
      toggle: () => playback.toggle(),
      back10: () => playback.seekBy(-10_000),
      forward10: () => playback.seekBy(10_000),
      back5: () => playback.seekBy(-5000),
      forward5: () => playback.seekBy(5000),
      start: () => playback.seek(0),
      end: () => playback.seek(durationMs),
      closer: () => zoom(0.5),
      wider: () => zoom(2),
      faster: () => playback.setRate(nextRate(playback.state.rate, 1)),
      slower: () => playback.setRate(nextRate(playback.state.rate, -1)),
      note: () => mayNote && setOpen('note'),
      search: () => searchField.current?.focus(),
      help: () => setOpen('help'),
    }),
    [playback, durationMs, zoom, mayNote],
  );
  useShortcuts(act, open === 'none');
  const without = withoutAudio(recording);

  return (
    <main className="session">
      <RecordingHeader recording={recording} />
      {recording.status === 'muxing' && (
        <p className="session-muxing card" role="status">
          The tracks are being put together. This page shows them as soon as they are ready.
        </p>
      )}
      {recording.erasing && recording.status !== 'muxing' && (
        <p className="session-muxing card" role="status">
          Somebody is being erased from this recording. What holds their voice or words comes back without them; this
          page shows it as soon as it is ready.
        </p>
      )}
      {without !== null && <WithoutAudio {...without} />}
      {(recording.lanes.length > 0 || recording.notes.length > 0) && (
        <Timeline
          {...{ recording, durationMs, playback, peaks, view, trackArea, audible, soloed }}
          onView={setView}
          onMute={mute}
          onSolo={solo}
        />
      )}
      <div className="session-columns">
        {recording.status === 'empty' ? (
          <div />
        ) : (
          <TranscriptPanel {...{ recording, playback, searchField }} onMade={onChanged} />
        )}
        <div className="session-side">
          {recording.status !== 'empty' && <Downloads downloads={recording.downloads} />}
          {recording.may.export && recording.lanes.length > 0 && (
            <ExportForm recording={recording} durationMs={durationMs} />
          )}
          <GapList gaps={recording.gaps} lanes={recording.lanes} onSeek={(ms) => playback.seek(ms)} />
          <EraseForm recording={recording} onErased={onChanged} />
        </div>
      </div>
      {recording.mixUrl !== null && (
        <PlayerBar
          {...{ playback, durationMs }}
          onZoom={zoom}
          onNote={mayNote ? () => setOpen('note') : null}
          onHelp={() => setOpen('help')}
        />
      )}
      {open === 'help' && <ShortcutList onClose={() => setOpen('none')} />}
      {open === 'note' && (
        <NoteForm
          recordingId={recording.id}
          atMs={playback.positionMs}
          onClose={() => setOpen('none')}
          onSaved={() => {
            setOpen('none');
            onChanged();
          }}
        />
      )}
    </main>
  );
};

/** The playback of a recording, as long as its audio stays the same. */
const usePlaybackOf = ({ mixUrl, lanes }: ApiRecording, durationMs: number, atMs: number | null): Playback => {
  const urls = useRef(lanes);
  urls.current = lanes;
  const make = useCallback(
    () =>
      new Playback({
        ...{ durationMs, mixUrl },
        trackUrl: (userId) => urls.current.find((lane) => lane.userId === userId)?.trackUrl ?? null,
        ...(atMs === null ? {} : { startMs: atMs }),
      }),
    [durationMs, mixUrl, atMs],
  );
  const [playback, setPlayback] = useState(make);
  const made = useRef(make);
  useEffect(() => {
    if (made.current !== make) {
      made.current = make;
      setPlayback(make());
    }
  }, [make]);
  useEffect(() => () => playback[Symbol.dispose](), [playback]);
  return playback;
};
