import { clockTime } from '../timeline/time-format.ts';
import {
  BackIcon,
  CloserIcon,
  ForwardIcon,
  HelpIcon,
  NoteIcon,
  PauseIcon,
  PlayIcon,
  VolumeIcon,
  WiderIcon,
} from '../ui/icons.tsx';
import type { Playback } from './playback.ts';
import { rates } from './shortcuts.ts';
import { usePlaybackState, usePosition } from './use-playback.ts';

export interface PlayerBarProps {
  readonly playback: Playback;
  readonly durationMs: number;
  readonly onZoom: (factor: number) => void;
  /** null: one may set no notes. */
  readonly onNote: (() => void) | null;
  readonly onHelp: () => void;
}

/** What one needs at hand while listening; stays at the bottom of the window. */
export const PlayerBar = ({ playback, durationMs, onZoom, onNote, onHelp }: PlayerBarProps) => {
  const { playing, waiting, rate, volume, problem } = usePlaybackState(playback);
  return (
    <section className="player" aria-label="Player">
      <div className="player-main">
        <button type="button" className="button icon" onClick={() => playback.seekBy(-10_000)}>
          <BackIcon />
          <span className="visually-hidden">10 seconds back</span>
        </button>
        <button type="button" className="button primary player-play" onClick={() => playback.toggle()}>
          {playing ? <PauseIcon /> : <PlayIcon />}
          <span className="visually-hidden">{playing ? 'Pause' : 'Play'}</span>
        </button>
        <button type="button" className="button icon" onClick={() => playback.seekBy(10_000)}>
          <ForwardIcon />
          <span className="visually-hidden">10 seconds on</span>
        </button>
        <PlayerTime playback={playback} durationMs={durationMs} />
        {waiting && <span className="soft">loading…</span>}
      </div>
      <p className="player-problem" role="status">
        {problem}
      </p>
      <div className="player-more">
        <label className="player-rate">
          <span className="visually-hidden">Speed</span>
          <select value={rate} onChange={(event) => playback.setRate(Number(event.target.value))}>
            {rates.map((one) => (
              <option key={one} value={one}>
                {one}×
              </option>
            ))}
          </select>
        </label>
        <label className="player-volume">
          <VolumeIcon />
          <span className="visually-hidden">Volume</span>
          <input
            type="range"
            min={0}
            max={1}
            step={0.05}
            value={volume}
            onChange={(event) => playback.setVolume(Number(event.target.value))}
          />
        </label>
        <button type="button" className="button icon" onClick={() => onZoom(2)}>
          <WiderIcon />
          <span className="visually-hidden">Look wider</span>
        </button>
        <button type="button" className="button icon" onClick={() => onZoom(0.5)}>
          <CloserIcon />
          <span className="visually-hidden">Look closer</span>
        </button>
        {onNote !== null && (
          <button type="button" className="button icon" onClick={onNote}>
            <NoteIcon />
            <span className="visually-hidden">Set a note here</span>
          </button>
        )}
        <button type="button" className="button icon player-help" onClick={onHelp}>
          <HelpIcon />
          <span className="visually-hidden">Keyboard shortcuts</span>
        </button>
      </div>
    </section>
  );
};

const PlayerTime = ({ playback, durationMs }: { readonly playback: Playback; readonly durationMs: number }) => (
  <span className="numbers player-time">
    {clockTime(usePosition(playback, 1000))} <span className="soft">/ {clockTime(durationMs)}</span>
  </span>
);
