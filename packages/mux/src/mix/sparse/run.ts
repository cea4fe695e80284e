import type { Span } from './activity.ts';
import { FRAME, WARM_UP_FRAMES } from './chunk.ts';

/** Frames before a chunk whose PCM is made: warm-up, and one the limiter and the encoder's memory need. */
export const LEAD_FRAMES = WARM_UP_FRAMES + 1;
/** Frames beyond the PCM whose activity decides whether a pause is bridged. */
export const OUTLOOK_FRAMES = 5;
/** Granule (less the chunk's `from`) of the first frame whose activity is looked at. */
export const FIRST_LOOKED_AT: number = -(LEAD_FRAMES + OUTLOOK_FRAMES) * FRAME;

/** A span as the encoder sees it, in frames of the chunk; frames before 0 only warm it up. */
export interface Run extends Span {
  /** First frame that is encoded; before `from` packets are thrown away. */
  readonly start: number;
  /** Whether silence comes before `from`: the first packet then uses nothing of the ones before. */
  readonly afterSilence: boolean;
  /** Whether silence comes after `to`. */
  readonly ends: boolean;
}

/**
 * The runs of a chunk of so many frames. Pure.
 * @param spans in frames from `FIRST_LOOKED_AT` on
 */
export const runsOf = (spans: readonly Span[], frames: number): Run[] =>
  spans
    .map(({ from, to }) => ({ from: from - LEAD_FRAMES - OUTLOOK_FRAMES, to: to - LEAD_FRAMES - OUTLOOK_FRAMES }))
    .filter(({ from, to }) => to > 0 && from < frames)
    .map(({ from, to }) => {
      const afterSilence = from >= -WARM_UP_FRAMES;
      const first = afterSilence ? from : -WARM_UP_FRAMES;
      return {
        from: first,
        start: afterSilence ? first - 1 : first,
        afterSilence,
        to: Math.min(to, frames),
        ends: to <= frames,
      };
    });
