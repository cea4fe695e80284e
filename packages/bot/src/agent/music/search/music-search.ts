import type { MusicHit } from '../track.ts';

/** Why music cannot be looked for. Closed. */
export const musicSearchErrors = {
  no_folder: 'the operator has set no folder of music',
  folder_unreadable: 'the folder of music cannot be read',
  address_invalid: 'this is no http or https address that can be played',
} as const satisfies Record<string, string>;
export type MusicSearchErrorCode = keyof typeof musicSearchErrors;

export class MusicSearchError extends Error {
  override readonly name = 'MusicSearchError';
  readonly code: MusicSearchErrorCode;

  constructor(code: MusicSearchErrorCode, options?: ErrorOptions) {
    super(musicSearchErrors[code], options);
    this.code = code;
  }
}

/** Somewhere music is found. */
export interface MusicSearch {
  /** What fits, in any order. @throws MusicSearchError; the signal's reason */
  find(asked: string, signal: AbortSignal): Promise<readonly MusicHit[]>;
}
