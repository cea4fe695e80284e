import { access, constants, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { Clock, MusicSource } from '@parley/protocol';
import { fetchMedia } from './fetch-media.ts';
import type { DecoderInput } from './ffmpeg-decoder.ts';
import { MusicError } from './music-error.ts';

/** Where music comes from, ready to be decoded. @throws MusicError `file_unreadable`, `address_refused`, `fetch_failed` */
export const openMusic = async (source: MusicSource, clock: Clock, signal: AbortSignal): Promise<DecoderInput> => {
  if (source.kind === 'url') return { kind: 'stream', body: await fetchMedia({ ...source, clock, signal }) };
  const { path } = source;
  if (!isAbsolute(path)) throw new MusicError('file_unreadable', `${path}: not an absolute path`);
  try {
    if (!(await stat(path)).isFile()) throw new Error('it is no file');
    await access(path, constants.R_OK);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new MusicError('file_unreadable', `${path}: ${words}`, { cause: error });
  }
  return { kind: 'file', path };
};
