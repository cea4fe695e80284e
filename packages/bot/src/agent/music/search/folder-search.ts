import type { Dirent } from 'node:fs';
import { readdir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Clock } from '@parley/protocol';
import type { MusicHit } from '../track.ts';
import { type MusicSearch, MusicSearchError } from './music-search.ts';
import { scoreTitle } from './score-title.ts';

/** Files that are looked at; the rest of a larger folder is not found. */
export const mostFiles = 10_000;
/** Folders within folders. */
const deepest = 8;
/** A listing is good for so long, milliseconds. */
const keptMs = 60_000;
const audioFile = /\.(?:aac|aiff?|ape|flac|m4a|mka|mp3|mp4|oga|ogg|opus|wav|weba|webm|wma|wv)$/i;

export interface FolderSearchOptions {
  /** Absolute. */
  readonly folder: string;
  readonly clock: Clock;
  /** The folder has more files than are looked at. */
  readonly onTooMany: () => void;
}

interface Listing {
  readonly root: string;
  readonly files: readonly string[];
  readonly until: number;
}

/** Finds audio files of one folder by their names. Never leaves it: what is a symbolic link is not seen, neither file nor folder. */
export class FolderSearch implements MusicSearch {
  readonly #options: FolderSearchOptions;
  #listing: Promise<Listing> | null = null;

  constructor(options: FolderSearchOptions) {
    this.#options = options;
  }

  async find(asked: string, signal: AbortSignal): Promise<readonly MusicHit[]> {
    const { root, files } = await this.#files();
    signal.throwIfAborted();
    const hits = files
      .map((path) => ({ path, title: titleOf(relative(root, path)) }))
      .map(({ path, title }) => ({ path, title, score: scoreTitle(asked, title) }))
      .filter(({ score }) => score > 0)
      .toSorted((a, b) => b.score - a.score)
      .slice(0, 50);
    const there = await Promise.all(hits.map(async (hit) => ((await isStill(hit.path)) ? hit : null)));
    return there
      .filter((hit) => hit !== null)
      .map(({ path, title, score }) => ({ title, score, source: { kind: 'file', path } }));
  }

  async #files(): Promise<Listing> {
    const { clock } = this.#options;
    const known = await this.#listing?.catch(() => null);
    if (known && known.until > clock.now()) return known;
    this.#listing = this.#list();
    return await this.#listing;
  }

  async #list(): Promise<Listing> {
    const { folder, clock, onTooMany } = this.#options;
    try {
      // The folder itself may be a link: that is the operator's choice.
      const root = await realpath(folder);
      const files: string[] = [];
      await collect(root, 0, files);
      if (files.length > mostFiles) onTooMany();
      return { root, files: files.slice(0, mostFiles), until: clock.now() + keptMs };
    } catch (error) {
      throw new MusicSearchError('folder_unreadable', { cause: error });
    }
  }
}

/** Appends the audio files below a folder, in the order of their names, until there are too many. */
const collect = async (folder: string, depth: number, files: string[]): Promise<void> => {
  let entries: Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    if (depth === 0) throw error;
    return; // One folder that may not be read hides what is in it, not the others.
  }
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (files.length > mostFiles) return;
    // A link is neither a file nor a folder here.
    if (entry.name.startsWith('.')) continue;
    if (entry.isFile() && audioFile.test(entry.name)) files.push(join(folder, entry.name));
    else if (entry.isDirectory() && depth < deepest) await collect(join(folder, entry.name), depth + 1, files);
  }
};

/** Whether a file is where it was, and no link has taken its place or that of a folder above it. */
const isStill = async (path: string): Promise<boolean> => {
  try {
    return (await realpath(path)) === path;
  } catch {
    return false;
  }
};

/** "Artist – Song" of `Artist/01_Song.mp3`. */
const titleOf = (path: string): string =>
  path
    .replace(/\.[^.]+$/, '')
    .split(sep)
    .map((part) => part.replaceAll(/[_\s]+/g, ' ').trim())
    .join(' – ');
