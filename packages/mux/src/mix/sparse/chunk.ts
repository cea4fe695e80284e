/** 20 ms at 48 kHz: a packet of the mix. */
export const FRAME = 960;

/** The longest chunk: 12 s. It is in memory as floats. */
export const CHUNK_SAMPLES = 12 * 48_000;

/** Frames encoded and thrown away before a chunk that begins in mid-speech, so that encoder and listener's decoder are of one mind. */
export const WARM_UP_FRAMES = 10;

/** Samples of tracks a chunk needs from before its start: warm-up, the decoders' own, and the longest packet (120 ms). */
export const LEAD_SAMPLES = (2 * WARM_UP_FRAMES + 1) * FRAME + 5760;

/** Samples of tracks a chunk needs from behind its end: the limiter looks ahead, and a pause is only known by what follows it. */
export const TRAIL_SAMPLES = 6 * FRAME;

/** The packets of one person that a chunk needs, in order; compact, for they travel between processes. */
export interface ChunkPerson {
  /** Whose: the number of their track among the mix's sources. */
  readonly source: number;
  /** Granules of the packets on the track, less the chunk's `from`. */
  readonly positions: Int32Array;
  readonly samples: Uint16Array;
  readonly sizes: Uint16Array;
  /** The packets one after the other. */
  readonly bytes: Uint8Array;
}

/**
 * A stretch of the mix that can be made by itself, in granules: `from` and `to` are multiples of 4800, but for the end of the mix,
 * which is a multiple of 960. People without a packet in it are left out.
 */
export interface MixChunk {
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly ceilingDb: number;
  readonly people: readonly ChunkPerson[];
}

/** Peak levels of one person, a point for every 100 ms of the recording; 255 is full scale. */
export interface PersonLevels {
  readonly source: number;
  readonly points: Uint8Array;
}

/** What became of a chunk. */
export interface MixedChunk {
  readonly index: number;
  /** Bytes of each 20 ms packet, 0 for silence. */
  readonly sizes: Uint16Array;
  /** The packets that are not silence, one after the other. */
  readonly bytes: Uint8Array;
  /** How loud each of the chunk's people is; they begin one point (100 ms) before the chunk's `from`, counted from granule 0. */
  readonly levels: readonly PersonLevels[];
  /** K-weighted power of each 100 ms of what was encoded; the first begins at sample `from` of the recording. */
  readonly powers: Float64Array;
  /**
   * True peak, decoded again; 1 = full scale. What cannot be the loudest of all that the mixer made so far is left out: of several
   * chunks only the largest tells something.
   */
  readonly peak: number;
  readonly badPackets: number;
}
