import type { ApiRecording } from '@parley/protocol/api';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { Playback } from '../player/playback.ts';

export interface HeardPeople {
  readonly audible: ReadonlySet<string>;
  readonly soloed: string | null;
  readonly mute: (userId: string) => void;
  readonly solo: (userId: string) => void;
}

/** Who is heard: everybody by the mix; some by their tracks, when people are muted or one is picked out. */
export const useHeard = (playback: Playback, { lanes }: ApiRecording): HeardPeople => {
  const [muted, setMuted] = useState<ReadonlySet<string>>(new Set());
  const [soloed, setSoloed] = useState<string | null>(null);
  const audible = useMemo(
    () =>
      new Set(
        lanes
          .filter(({ userId }) => (soloed === null ? !muted.has(userId) : userId === soloed))
          .map(({ userId }) => userId),
      ),
    [lanes, muted, soloed],
  );
  useEffect(() => {
    const everybody = soloed === null && muted.size === 0;
    if (everybody && playback.state.heard.kind === 'mix') return;
    playback.hear(everybody ? { kind: 'mix' } : { kind: 'lanes', userIds: [...audible] });
  }, [playback, audible, soloed, muted]);
  const mute = useCallback((userId: string) => {
    setSoloed(null);
    setMuted((before) => {
      const after = new Set(before);
      if (!after.delete(userId)) after.add(userId);
      return after;
    });
  }, []);
  const solo = useCallback((userId: string) => setSoloed((before) => (before === userId ? null : userId)), []);
  return { audible, soloed, mute, solo };
};
