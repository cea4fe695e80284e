import type { Settings } from '../../config/settings-schema.ts';
import { localFfmpeg } from '../../ops/local-ffmpeg.ts';
import { MusicDesk, type MusicDeskOptions } from './music-desk.ts';
import { AddressSearch } from './search/address-search.ts';
import { FolderSearch, mostFiles } from './search/folder-search.ts';
import { Searches } from './search/searches.ts';

/** Music as the settings have it. */
export const openMusicDesk = (
  options: Omit<MusicDeskOptions, 'search' | 'ffmpeg' | 'settings'> & { readonly settings: Settings },
): MusicDesk => {
  const { settings, clock, logger } = options;
  const { folder, allowPrivate } = settings.music;
  const onTooMany = (): void => logger.warn({ folder, mostFiles }, 'the folder of music has more files than are found');
  const names = folder === undefined ? null : new FolderSearch({ folder, clock, onTooMany });
  let found: string | null = null;
  return new MusicDesk({
    ...options,
    search: new Searches(new AddressSearch(allowPrivate), names),
    // One that was not there may be there later.
    ffmpeg: async () => {
      found ??= await localFfmpeg(settings);
      return found;
    },
  });
};
