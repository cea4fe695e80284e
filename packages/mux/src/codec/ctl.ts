/** Requests to libopus's encoder and decoder (opus_defines.h); `forceMode` is private to libopus (opus_private.h). */
export const ctl = {
  bitrate: 4002,
  bandwidth: 4008,
  complexity: 4010,
  inbandFec: 4012,
  packetLoss: 4014,
  vbrConstraint: 4020,
  forceChannels: 4022,
  signal: 4024,
  resetState: 4028,
  gain: 4034,
  predictionDisabled: 4042,
  forceMode: 11_002,
} as const;

/** What stands for "the encoder decides" (OPUS_AUTO). */
const AUTO = -1000;

/** Values of `bandwidth` (OPUS_BANDWIDTH_*). */
export const bandwidths = { auto: AUTO, narrow: 1101, medium: 1102, wide: 1103, superWide: 1104, full: 1105 } as const;
export type Bandwidth = keyof typeof bandwidths;

/** Values of `forceMode` (MODE_* in opus_private.h). */
export const modes = { auto: AUTO, silk: 1000, hybrid: 1001, celt: 1002 } as const;
export type Mode = keyof typeof modes;

/** Values of `forceChannels`. */
export const channelCounts = { auto: AUTO, mono: 1, stereo: 2 } as const;
export type ChannelCount = keyof typeof channelCounts;

/** Values of `signal` (OPUS_SIGNAL_*). */
export const signals = { auto: AUTO, voice: 3001, music: 3002 } as const;
export type Signal = keyof typeof signals;
