import type { Channel } from '@parley/protocol';
import type { CaptureSink } from '../capture/capture-sink.ts';

/** Tells the supervisor what captures hear; a supervisor that reads too slowly misses the oldest of it. */
export const captureTelling = (channel: Channel<'voxproc'>): CaptureSink => ({
  audio: (piece, ms) => channel.notify('capture.audio', piece, ms),
  paused: (params) => channel.notify('capture.paused', params),
  resumed: (params) => channel.notify('capture.resumed', params),
  ended: (params) => channel.notify('capture.ended', params),
  discard: (userId) => void channel.discardAudio(userId),
  taken: (userId) => channel.audioTaken(userId),
});
