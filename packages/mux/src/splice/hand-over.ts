import type { EmittedPacket } from './emission.ts';
import type { MixedPcm } from './mixed-pcm.ts';
import type { PacketWindow } from './packet-window.ts';
import type { CopyItem, SpanItem } from './plan/plan-splice.ts';
import { FRAME_SAMPLES, type SpliceRules } from './plan/rules.ts';
import type { SeamCheck } from './seam-check.ts';
import type { SpanEncoder } from './span-encoder.ts';

/** A seam at which the first copied packets differ by less than this, relative to the speech around, is as good as none. */
const GOOD_DB = -30;
/** What a frame more improves, about: prediction halves an error from frame to frame. */
const GAIN_A_FRAME_DB = 8;
/** The most frames added before listening again. */
const MOST_AT_ONCE = 3;
/** Copied packets listened to. */
export const TESTED_PACKETS = 2;
/** A decoder that has heard this many packets knows all that matters of those before. */
export const HEARD_PACKETS = 9;
/** The level around a seam is that of this many frames before it. */
const LEVEL_FRAMES = 8;

export interface HandOver {
  /** Frames encoded beyond the span's planned end, each in place of a packet that would have been copied. */
  readonly extension: readonly EmittedPacket[];
  /** The error of the first copied packets in dB, relative to the speech around them. */
  readonly errorDb: number;
}

/** What the first copied packets are to sound like. */
export interface Wanted {
  readonly seam: number;
  readonly pcm: Float32Array;
  readonly around: Float32Array;
}

export interface HandOverTools {
  readonly mix: MixedPcm;
  readonly encoder: SpanEncoder;
  readonly check: SeamCheck;
  readonly rules: SpliceRules;
}

/**
 * Decides where a span really hands over to the copies that follow it: listens to the seam, and encodes more frames as long as it is
 * not good; of all places tried the best.
 * @param recent the last packets of the span
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
  for (;;) {
    const frames = tried.length;
    const copies = Array.from({ length: TESTED_PACKETS }, (_, i) => window.at(copy.first + frames + i)?.data).filter(
      (data) => data !== undefined,
    );
    const { pcm, around } = wantedAt(mix, span, copy.from + frames * FRAME_SAMPLES);
    const errorDb = check.errorDb([...recent, ...tried].slice(-HEARD_PACKETS), copies, pcm, around);
    if (errorDb < best.errorDb) best = { frames, errorDb };
    if (errorDb <= GOOD_DB || frames >= most) break;
    const more = Math.min(MOST_AT_ONCE, most - frames, Math.ceil((errorDb - GOOD_DB) / GAIN_A_FRAME_DB));
    for (let i = 0; i < more; i += 1) {
      tried.push({ packet: encoder.next(FRAME_SAMPLES, true), samples: FRAME_SAMPLES });
    }
  }
  return { extension: tried.slice(0, best.frames), errorDb: best.errorDb };
};

/** What a seam at this granule is to sound like; good until the mix is read again. */
export const wantedAt = (mix: MixedPcm, span: SpanItem, seam: number): Wanted => {
  const start = Math.max(span.from, seam - LEVEL_FRAMES * FRAME_SAMPLES);
  const around = mix.read(start, seam + TESTED_PACKETS * FRAME_SAMPLES);
  return { seam, pcm: around.subarray((seam - start) * 2), around };
};
