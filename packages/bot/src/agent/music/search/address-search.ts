import type { MusicHit } from '../track.ts';
import { type MusicSearch, MusicSearchError } from './music-search.ts';

const looksLikeAddress = /^[a-z][a-z0-9+.-]*:\/\//i;
/** Characters of an address. */
const longestAddress = 2000;

/** Whether somebody gave an address and not a name. */
export const isAddress = (asked: string): boolean => looksLikeAddress.test(asked.trim());

/** An http(s) address is its own hit; who may be reached through it is judged by whoever fetches it. */
export class AddressSearch implements MusicSearch {
  readonly #allowPrivate: boolean;

  constructor(allowPrivate: boolean) {
    this.#allowPrivate = allowPrivate;
  }

  async find(asked: string): Promise<readonly MusicHit[]> {
    const text = asked.trim();
    const url = text.length <= longestAddress && URL.canParse(text) ? new URL(text) : null;
    const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
    // Names and passwords in an address would stand in the channel.
    if (url === null || !isWeb || url.username !== '' || url.password !== '')
      throw new MusicSearchError('address_invalid');
    const source = { kind: 'url', url: url.href, allowPrivate: this.#allowPrivate } as const;
    return [{ title: titleOf(url), source, score: 1 }];
  }
}

/** The last part of the path and the host; what follows a question mark may be a secret. */
const titleOf = ({ pathname, hostname }: URL): string => {
  const last = pathname.split('/').findLast((part) => part !== '') ?? '';
  let name = last;
  try {
    name = decodeURIComponent(last);
  } catch {
    // Left as it is.
  }
  return name === '' ? hostname : `${name.slice(0, 80)} (${hostname})`;
};
