import type { NotificationParams } from '@parley/protocol';

export type CaptureAudio = NotificationParams<'voxproc', 'capture.audio'>;
export type CapturePaused = NotificationParams<'voxproc', 'capture.paused'>;
export type CaptureResumed = NotificationParams<'voxproc', 'capture.resumed'>;
export type CaptureEnded = NotificationParams<'voxproc', 'capture.ended'>;

/** Where captures go. Calls are synchronous and in order. */
export interface CaptureSink {
  /** A piece of audio, `ms` long. */
  audio(piece: CaptureAudio, ms: number): void;
  paused(params: CapturePaused): void;
  resumed(params: CaptureResumed): void;
  ended(params: CaptureEnded): void;
  /** Nobody may hear any more what was captured of a person and still waits to be sent. */
  discard(userId: string): void;
  /** Resolves when everything captured of a person was sent. */
  taken(userId: string): Promise<void>;
}
