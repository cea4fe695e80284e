import type { Stats } from '@parley/protocol';

type Playout = NonNullable<Stats['playout']>;

/** What may go wrong with what the bot plays, and the figure of voxproc that counts it. */
const figures = {
  underrun: 'underruns',
  late_frame: 'lateFrames',
  dropped_frame: 'droppedFrames',
  speech_missing: 'speechMissing',
  speech_dropped: 'speechDropped',
} as const satisfies Record<string, keyof Playout>;

export type PlayoutTrouble = keyof typeof figures;

/**
 * How often each went wrong since the stats before. voxproc counts from its last join on: a figure that shrank began anew. Pure.
 */
export const newPlayoutTroubles = (
  before: Playout | undefined,
  now: Playout | undefined,
): readonly { readonly kind: PlayoutTrouble; readonly count: number }[] => {
  if (!now) return [];
  return (Object.keys(figures) as PlayoutTrouble[]).flatMap((kind) => {
    const [old, total] = [before?.[figures[kind]] ?? 0, now[figures[kind]]];
    const count = total < old ? total : total - old;
    return count > 0 ? [{ kind, count }] : [];
  });
};
