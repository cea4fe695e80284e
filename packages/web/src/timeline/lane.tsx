import type { ApiGap, ApiLane } from '@parley/protocol/api';
import { useEffect, useRef, useState } from 'react';
import { gapInWords } from '../session/gap-words.ts';
import { Avatar } from '../ui/avatar.tsx';
import { drawLane } from './draw-lane.ts';
import type { PeakPyramid } from './peak-pyramid.ts';
import { clockTime, lengthInWords } from './time-format.ts';
import { type TimelineView, xOf } from './view.ts';

export interface LaneProps {
  readonly lane: ApiLane;
  readonly colour: string;
  readonly peaks: PeakPyramid | null;
  readonly gaps: readonly ApiGap[];
  readonly view: TimelineView;
  readonly audible: boolean;
  readonly soloed: boolean;
  readonly onMute: () => void;
  readonly onSolo: () => void;
}

export const laneHeightPx = 56;

/** How wide a lane's name is, beside which the timeline begins, is the style sheet's: `--names`. */
export const Lane = ({ lane, colour, peaks, gaps, view, audible, soloed, onMute, onSolo }: LaneProps) => {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useThemeTurn();
  // biome-ignore lint/correctness/useExhaustiveDependencies: a turn of the theme changes the colours that are read from the element
  useEffect(() => {
    if (!canvas.current || !peaks) return;
    const styles = getComputedStyle(canvas.current);
    drawLane(canvas.current, view, peaks, laneHeightPx, {
      colour: styles.color,
      faint: styles.borderTopColor,
    });
  }, [peaks, view, theme]);
  return (
    <div className="lane" data-audible={audible} style={{ '--lane': colour } as React.CSSProperties}>
      <div className="lane-name">
        <Avatar name={lane.displayName} url={lane.avatarUrl} colour={colour} />
        <span className="lane-who">
          <bdi className="lane-person">{lane.displayName}</bdi>
          <span className="soft lane-speech">{lengthInWords(lane.speechMs)} of speech</span>
        </span>
        <span className="lane-buttons">
          <button
            type="button"
            className="button small"
            aria-pressed={!audible}
            onClick={onMute}
            disabled={lane.trackUrl === null}
          >
            <span aria-hidden="true">M</span>
            <span className="visually-hidden">Mute {lane.displayName}</span>
          </button>
          <button
            type="button"
            className="button small"
            aria-pressed={soloed}
            onClick={onSolo}
            disabled={lane.trackUrl === null}
          >
            <span aria-hidden="true">S</span>
            <span className="visually-hidden">Hear {lane.displayName} alone</span>
          </button>
        </span>
      </div>
      <div className="lane-track">
        <canvas ref={canvas} style={{ width: view.widthPx, height: laneHeightPx }} />
        {gaps.map((gap) => (
          <span
            key={`${gap.fromMs}-${gap.reason}`}
            className="lane-gap"
            style={{ left: xOf(view, gap.fromMs), width: Math.max(2, (gap.toMs - gap.fromMs) / view.msPerPx) }}
            title={`${clockTime(gap.fromMs)}–${clockTime(gap.toMs)}: ${gapInWords(gap.reason)}`}
          />
        ))}
      </div>
    </div>
  );
};

/** Counts changes of the theme, chosen or the system's. */
const useThemeTurn = (): number => {
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const next = () => setTurn((n) => n + 1);
    const system = matchMedia('(prefers-color-scheme: dark)');
    system.addEventListener('change', next);
    addEventListener('parley-theme', next);
    return () => {
      system.removeEventListener('change', next);
      removeEventListener('parley-theme', next);
    };
  }, []);
  return turn;
};
