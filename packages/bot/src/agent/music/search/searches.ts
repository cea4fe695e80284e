import type { MusicHit } from '../track.ts';
import { isAddress } from './address-search.ts';
import { type MusicSearch, MusicSearchError } from './music-search.ts';

/** Looks where what was asked for can be: an address at its own, a name in the folder. */
export class Searches implements MusicSearch {
  readonly #addresses: MusicSearch;
  readonly #names: MusicSearch | null;

  /** @param names null: there is no folder */
  constructor(addresses: MusicSearch, names: MusicSearch | null) {
    this.#addresses = addresses;
    this.#names = names;
  }

  async find(asked: string, signal: AbortSignal): Promise<readonly MusicHit[]> {
    if (isAddress(asked)) return await this.#addresses.find(asked, signal);
    if (this.#names === null) throw new MusicSearchError('no_folder');
    return await this.#names.find(asked, signal);
  }
}
