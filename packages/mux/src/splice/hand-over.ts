import type { EmittedPacket } from './emission.ts';
import type { MixedPcm } from './mixed-pcm.ts';
import type { PacketWindow } from './packet-window.ts';
import type { CopyItem, SpanItem } from './plan.ts';
import { FRAME_SAMPLES, type SpliceRules } from './rules.ts';
import type { SeamCheck } from './seam-check.ts';
import type { SpanEncoder } from './span-encoder.ts';

/** A seam at which the first copied packets differ by less than this, relative to the speech around, is as good as none. */
const GOOD_DB = -30;
/** Copied packets listened to. */
export const TESTED_PACKETS = 2;
/** The level around a seam is that of this many frames before it. */
const LEVEL_FRAMES = 8;

export interface HandOver {
  /** Frames encoded beyond the span's planned end, each in place of a packet that would have been copied. */
  readonly extension: readonly EmittedPacket[];
  /** The error of the first copied packets in dB, relative to the speech around them. */
  readonly errorDb: number;
}

export interface HandOverTools {
  readonly mix: MixedPcm;
  readonly encoder: SpanEncoder;
  readonly check: SeamCheck;
  readonly rules: SpliceRules;
}

/**
 * Decides where a span really hands over to the copies that follow it: listens to the seam, and encodes one more frame as long as it
 * is not good; of all places tried the best.
 * @param recent packets that lead to the planned seam
 */
export const handOver = (
  span: SpanItem,
  copy: CopyItem,
  window: PacketWindow,
  recent: readonly EmittedPacket[],
  { mix, encoder, check, rules }: HandOverTools,
): HandOver => {
  const tried: EmittedPacket[] = [];
  const most = Math.min(rules.maxExtensionFrames, copy.count - rules.keepCopyFrames);
  let best = { frames: 0, errorDb: Number.POSITIVE_INFINITY };
  for (let frames = 0; ; frames += 1) {
    const seam = copy.from + frames * FRAME_SAMPLES;
    const copies = Array.from({ length: TESTED_PACKETS }, (_, i) => window.at(copy.first + frames + i)?.data).filter(
      (data) => data !== undefined,
    );
    const end = seam + copies.length * FRAME_SAMPLES;
    const start = Math.max(span.from, seam - LEVEL_FRAMES * FRAME_SAMPLES);
    const around = mix.read(start, end);
    const wanted = around.subarray((seam - start) * 2);
    const errorDb = check.errorDb([...recent, ...tried].slice(-recent.length), copies, wanted, around);
    if (errorDb < best.errorDb) best = { frames, errorDb };
    if (errorDb <= GOOD_DB || frames >= most) break;
    tried.push({ packet: encoder.next(FRAME_SAMPLES, true), samples: FRAME_SAMPLES });
  }
  return { extension: tried.slice(0, best.frames), errorDb: best.errorDb };
};
