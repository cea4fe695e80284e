import type { MuxErrorCode } from '../mux-error.ts';

/** Exit codes of `parley-mux`. */
export const exitCode = {
  done: 0,
  faultsFound: 1,
  usage: 2,
  noMix: 3,
  pending: 4,
  refused: 5,
  disk: 6,
  stopped: 130,
} as const;

/** The exit code of each failure. */
export const exitCodeOf = {
  not_a_recording: exitCode.refused,
  newer_format: exitCode.refused,
  unreadable: exitCode.refused,
  recording_live: exitCode.refused,
  busy: exitCode.refused,
  ffmpeg_missing: exitCode.noMix,
  ffmpeg_failed: exitCode.noMix,
  ffmpeg_timeout: exitCode.noMix,
  codec_missing: exitCode.noMix,
  mixer_failed: exitCode.noMix,
  nothing_readable: exitCode.noMix,
  mix_missing: exitCode.noMix,
  does_not_fit: exitCode.noMix,
  bad_output: exitCode.disk,
  range_outside: exitCode.usage,
  nothing_in_range: exitCode.noMix,
  transcript_missing: exitCode.noMix,
  transcript_invalid: exitCode.noMix,
  erased_meanwhile: exitCode.refused,
  not_a_person: exitCode.usage,
  own_room: exitCode.refused,
  disk_failed: exitCode.disk,
  session_unwritable: exitCode.pending,
  aborted: exitCode.stopped,
} as const satisfies Record<MuxErrorCode, number>;
