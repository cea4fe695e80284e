/** One Opus frame of 20 ms in samples at 48 kHz: the only kind that is copied. */
export const FRAME_SAMPLES = 960;

/** When a packet may be copied and when it is encoded again. All counts are frames of 20 ms. */
export interface SpliceRules {
  /** Frames encoded again where somebody begins to be alone: until then the decoder has not settled on this person's stream. */
  readonly entryFrames: number;
  /** Frames encoded again where somebody else comes in, so that the change lies in one encoder's hands. */
  readonly exitFrames: number;
  /** A shorter run of copies is not worth two seams. */
  readonly minCopyFrames: number;
  /** No copy begins this soon after a concealed loss: what the decoder invents depends on all that it remembers. */
  readonly afterConcealmentFrames: number;
  /** Stretches to be encoded again that are at most this far apart become one. */
  readonly joinFrames: number;
  /** The most frames by which a seam moves later to become inaudible. */
  readonly maxExtensionFrames: number;
  /** Copies that a moved seam leaves at least. */
  readonly keepCopyFrames: number;
}

/** Measured: each frame of prediction halves the error, so the fifth lies below the codec's own noise. */
export const celtRules = {
  entryFrames: 4,
  exitFrames: 1,
  minCopyFrames: 10,
  afterConcealmentFrames: 10,
  joinFrames: 8,
  maxExtensionFrames: 25,
  keepCopyFrames: 4,
} as const satisfies SpliceRules;
