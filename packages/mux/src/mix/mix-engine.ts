import type { Loudness } from '../loudness/loudness-meter.ts';

/**
 * The ways to a mix, the best first. `sparse` decodes speech alone and encodes what is not silent; `splice` copies packets where one person
 * speaks; `ffmpeg-amix` needs no codec in this process. session.json names the one that was used.
 */
export const mixEngineNames = ['sparse', 'splice', 'ffmpeg-amix'] as const;
export type MixEngineName = (typeof mixEngineNames)[number];

/** One person to be mixed. */
export interface MixSource {
  readonly userId: string;
  /** The full-length track, as `writeTrack` lays it: what stands at position p of the recording has granule p; pre-skip 312. */
  readonly track: string;
}

/** A mix to be made. All positions and lengths are 48 kHz samples. */
export interface MixJob {
  /** At least one. */
  readonly sources: readonly MixSource[];
  readonly durationSamples: number;
  /**
   * Takes the packets of the mix in order, from granule 0 on: sample s of the recording sounds at granule s + 312. Their bytes are good
   * during the call only. What it throws ends the mix.
   */
  readonly sink: (packet: Uint8Array, samples: number) => void;
  /** Processes that work at once, at least 1. The packets do not depend on it. */
  readonly jobs: number;
  /** No peak of what is encoded is to exceed it, in dBFS; what the encoder adds comes on top. */
  readonly ceilingDb: number;
  readonly signal?: AbortSignal | undefined;
  /** Told how many samples of the mix are done. */
  readonly onSamples?: ((samples: number) => void) | undefined;
}

export interface MixReport {
  /** Samples of all packets together: at least `durationSamples` + 312, and less than 20 ms more. */
  readonly samples: number;
  /** As a listener hears it: the peak is found behind the encoder; null when it was not measured on the way. */
  readonly loudness: Loudness | null;
  /**
   * The peak level of each 100 ms of each source, 255 is full scale: as `LevelLine` says it; null when the tracks were not decoded on
   * the way.
   */
  readonly levels: readonly Uint8Array[] | null;
  /** Samples by what became of them; they add up to `samples`. */
  readonly made: { readonly silent: number; readonly encoded: number; readonly copied: number };
  /** Packets of the tracks that the decoder refused and that are silence in the mix. */
  readonly badPackets: number;
}

/** Makes the packets of a mix from the people's tracks. */
export interface MixEngine {
  readonly name: MixEngineName;
  /**
   * @throws MuxError `codec_missing`, `mixer_failed`, `ffmpeg_failed`, `ffmpeg_timeout`; what `sink` throws; the file system's error;
   * the signal's reason
   */
  mix(job: MixJob): Promise<MixReport>;
}
