/** Why a mux job, or a part of it, could not be done. */
export const muxErrorCodes = [
  'not_a_recording',
  'newer_format',
  'unreadable',
  'recording_live',
  'busy',
  'ffmpeg_missing',
  'ffmpeg_failed',
  'ffmpeg_timeout',
  'codec_missing',
  'mixer_failed',
  'nothing_readable',
  'mix_missing',
  'does_not_fit',
  'bad_output',
  'range_outside',
  'nothing_in_range',
  'transcript_missing',
  'transcript_invalid',
  'erased_meanwhile',
  'not_a_person',
  'own_room',
  'disk_failed',
  'session_unwritable',
  'aborted',
] as const;

export type MuxErrorCode = (typeof muxErrorCodes)[number];

/** What to do about each, for people. */
export const muxErrorAdvice = {
  not_a_recording: 'Give the folder of one recording: it holds session.json, journal/ or segments/.',
  newer_format: 'Use the version of Parley that made this recording, or a newer one; nothing was changed.',
  unreadable:
    'Give this account the right to read the file (Parley writes for its own account alone); nothing was changed.',
  recording_live: 'Wait until Parley has left the channel; it muxes the recording by itself then.',
  busy: 'Wait until the other parley-mux on this folder has ended.',
  ffmpeg_missing:
    'Install ffmpeg (4.4 or newer, with libopus), or set FFMPEG_PATH to its full path, and run parley-mux again.',
  ffmpeg_failed: 'Read the words of ffmpeg above; after the cause is gone run parley-mux on the folder again.',
  ffmpeg_timeout: 'The machine was too slow or ffmpeg hung; run parley-mux on the folder again.',
  codec_missing: 'Run the installation again (pnpm install), or mix with ffmpeg: --engine ffmpeg.',
  mixer_failed: 'Run parley-mux on the folder again; if it fails again, mix with ffmpeg: --engine ffmpeg.',
  nothing_readable: 'No segment of a person could be read; run parley-mux --verify on the folder to see why.',
  mix_missing: 'Run parley-mux on the folder first.',
  does_not_fit: 'Allow more bytes, or hand the file over another way.',
  bad_output: 'Name a file with --out, in a folder that exists and is not that of a running recording.',
  range_outside: 'Give --from and --to within the recording.',
  nothing_in_range: 'Nobody can be heard there: choose another range, or leave nobody out.',
  transcript_missing: 'Have the recording transcribed first; audio, labels and projects need no transcript.',
  transcript_invalid: 'Have the recording transcribed again, with this version of Parley.',
  erased_meanwhile: 'Run the export again: it leaves them out.',
  not_a_person: 'Give the Discord id of a person: digits, as in segments/.',
  own_room: 'Nobody else is in it: delete the whole folder instead.',
  disk_failed: 'Look at the disk (space, permissions) and run parley-mux on the folder again.',
  session_unwritable: 'Everything else is done; make session.json writable and run parley-mux again.',
  aborted: 'Run parley-mux on the folder again: it starts where it can.',
} as const satisfies Record<MuxErrorCode, string>;

/** A failure with a stable code. `message` tells what happened, `muxErrorAdvice[code]` what to do. */
export class MuxError extends Error {
  override readonly name = 'MuxError';
  readonly code: MuxErrorCode;

  constructor(code: MuxErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The file system's code of an error (`ENOSPC`), or null. */
export const systemCode = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
