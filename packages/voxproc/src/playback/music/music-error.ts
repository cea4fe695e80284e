import type { MusicFailure } from '@parley/protocol';

/** Why music cannot be played, or not to its end. */
export class MusicError extends Error {
  override readonly name = 'MusicError';
  readonly code: MusicFailure;

  constructor(code: MusicFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Whatever was thrown, as a MusicError: `code` where it is none. */
export const asMusicError = (error: unknown, code: MusicFailure): MusicError =>
  error instanceof MusicError
    ? error
    : new MusicError(code, error instanceof Error ? error.message : String(error), { cause: error });
