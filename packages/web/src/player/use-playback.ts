import { useEffect, useState, useSyncExternalStore } from 'react';
import type { Playback, PlaybackState } from './playback.ts';

export const usePlaybackState = (playback: Playback): PlaybackState =>
  useSyncExternalStore(playback.subscribe, () => playback.state);

/** The position, renewed only when it has passed into another step: text needs no sixty renderings a second. */
export const usePosition = (playback: Playback, stepMs: number): number => {
  const [step, setStep] = useState(() => Math.floor(playback.positionMs / stepMs));
  useEffect(() => {
    setStep(Math.floor(playback.positionMs / stepMs));
    return playback.onPosition((ms) => setStep(Math.floor(ms / stepMs)));
  }, [playback, stepMs]);
  return step * stepMs;
};
