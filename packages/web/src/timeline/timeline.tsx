import type { ApiRecording } from '@parley/protocol/api';
import { type PointerEvent, useEffect, useRef } from 'react';
import type { Playback } from '../player/playback.ts';
import { laneColour } from '../ui/initials.ts';
import { Lane } from './lane.tsx';
import type { PeakPyramid } from './peak-pyramid.ts';
import { clockTime, spokenTime } from './time-format.ts';
import { following, msAt, rulerMarks, scrolled, type TimelineView, xOf, zoomed } from './view.ts';

export interface TimelineProps {
  readonly recording: ApiRecording;
  readonly durationMs: number;
  readonly playback: Playback;
  readonly peaks: ReadonlyMap<string, PeakPyramid>;
  readonly view: TimelineView;
  readonly onView: (change: (view: TimelineView) => TimelineView) => void;
  readonly trackArea: React.RefObject<HTMLDivElement | null>;
  readonly audible: ReadonlySet<string>;
  readonly soloed: string | null;
  readonly onMute: (userId: string) => void;
  readonly onSolo: (userId: string) => void;
}

/** All lanes on one time axis, with gaps, notes and the playhead over them. A slider to whoever steers it by keys or hears it. */
export const Timeline = (props: TimelineProps) => {
  const { recording, durationMs, playback, peaks, view, onView, trackArea, audible, soloed } = props;
  const axis = useRef<HTMLDivElement>(null);
  const playhead = useRef<HTMLDivElement>(null);
  const latest = useRef(view);
  latest.current = view;

  useEffect(() => {
    const show = (ms: number) => {
      const head = playhead.current;
      const x = xOf(latest.current, ms);
      if (head) {
        head.style.transform = `translateX(${x}px)`;
        head.hidden = x < 0 || x > latest.current.widthPx;
      }
      const slider = axis.current;
      slider?.setAttribute('aria-valuenow', String(Math.floor(ms / 1000)));
      slider?.setAttribute('aria-valuetext', spokenTime(ms));
      if (playback.state.playing) onView((before) => following(before, ms));
    };
    show(playback.positionMs);
    return playback.onPosition(show);
  }, [playback, onView]);

  useEffect(() => {
    // A view that changed moves the playhead although the position did not.
    const head = playhead.current;
    const x = xOf(view, playback.positionMs);
    if (!head) return;
    head.style.transform = `translateX(${x}px)`;
    head.hidden = x < 0 || x > view.widthPx;
  }, [view, playback]);

  useEffect(() => {
    const area = trackArea.current;
    if (!area) return undefined;
    const wheel = (event: WheelEvent) => {
      const x = event.clientX - area.getBoundingClientRect().left;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        onView((before) => zoomed(before, event.deltaY > 0 ? 1.25 : 0.8, x));
      } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        onView((before) => scrolled(before, event.deltaX * before.msPerPx));
      }
    };
    area.addEventListener('wheel', wheel, { passive: false });
    return () => area.removeEventListener('wheel', wheel);
  }, [trackArea, onView]);

  const seekTo = (event: PointerEvent<HTMLDivElement>) => {
    if (event.buttons !== 1) return;
    const x = event.clientX - event.currentTarget.getBoundingClientRect().left;
    playback.seek(msAt(latest.current, x));
  };

  return (
    <section className="timeline card" aria-label="Timeline">
      <div className="timeline-axis-row">
        <div className="timeline-corner soft">
          {recording.lanes.length === 1 ? '1 person' : `${recording.lanes.length} people`}
        </div>
        <div
          ref={axis}
          className="timeline-axis numbers"
          role="slider"
          tabIndex={0}
          aria-label="Position in the recording"
          aria-valuemin={0}
          aria-valuemax={Math.floor(durationMs / 1000)}
          aria-valuenow={0}
          onPointerDown={seekTo}
          onPointerMove={seekTo}
        >
          {rulerMarks(view).map((ms) => (
            <span key={ms} className="timeline-mark" style={{ left: xOf(view, ms) }}>
              {clockTime(ms)}
            </span>
          ))}
        </div>
        <div className="timeline-notes">
          {recording.notes.map((note) => (
            <button
              key={`${note.atMs}-${note.userId}`}
              type="button"
              className="timeline-note"
              style={{ left: xOf(view, note.atMs) }}
              hidden={xOf(view, note.atMs) < 0 || xOf(view, note.atMs) > view.widthPx}
              title={`${note.displayName}: ${note.text}`}
              onClick={() => playback.seek(note.atMs)}
            >
              <span className="visually-hidden">
                Note at {spokenTime(note.atMs)}: {note.text}
              </span>
            </button>
          ))}
        </div>
      </div>
      <div className="timeline-lanes">
        {recording.lanes.map((lane, index) => (
          <Lane
            key={lane.userId}
            lane={lane}
            colour={laneColour(index)}
            peaks={peaks.get(lane.userId) ?? null}
            gaps={recording.gaps.filter(({ userId }) => userId === null || userId === lane.userId)}
            view={view}
            audible={audible.has(lane.userId)}
            soloed={soloed === lane.userId}
            onMute={() => props.onMute(lane.userId)}
            onSolo={() => props.onSolo(lane.userId)}
          />
        ))}
        {/* Over the tracks, for pointers: keys steer the slider of the axis, which says the same. */}
        <div ref={trackArea} className="timeline-over" onPointerDown={seekTo} onPointerMove={seekTo}>
          <div ref={playhead} className="playhead" />
        </div>
      </div>
    </section>
  );
};
