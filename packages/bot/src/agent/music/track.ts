import type { MusicFailure, MusicSource } from '@parley/protocol';

/** A piece of music somebody may want. */
export interface MusicHit {
  /** As people read it. */
  readonly title: string;
  readonly source: MusicSource;
  /** How well it fits what was asked for, 0 to 1. */
  readonly score: number;
}

/** A piece of music somebody wants. */
export interface Track {
  readonly title: string;
  readonly source: MusicSource;
  readonly requestedByUserId: string;
}

/** Why a piece is not played to its end; `lost`: the audio process is gone · `not_taken`: it did not take it. */
export type MusicTrouble = MusicFailure | 'lost' | 'not_taken' | 'no_ffmpeg';
