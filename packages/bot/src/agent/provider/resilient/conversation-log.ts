import type { ContextItem } from '../realtime-provider.ts';

/** Turns that are told to a fresh socket. */
const maxItems = 50;
/** Characters of one turn. */
const maxCharacters = 4000;

interface Entry {
  readonly itemId: string | null;
  readonly role: ContextItem['role'];
  readonly text: string;
  /** Milliseconds of speech that came for it. */
  readonly audioMs: number;
  /** Milliseconds of that which were heard; null: all. */
  readonly heardMs: number | null;
}

/** The text that was heard: cut in proportion, at a word, and marked. */
const heardText = ({ text, audioMs, heardMs }: Entry): string => {
  if (heardMs === null || heardMs >= audioMs) return text;
  const kept = text.slice(0, Math.floor((text.length * heardMs) / audioMs));
  const words = kept.slice(0, kept.lastIndexOf(' ') + 1).trim();
  return words === '' ? '' : `${words} … (cut off here)`;
};

/**
 * What was said in a conversation, as text, so that a fresh socket can be told: what people said, and what was heard of the bot. The
 * newest 50 turns.
 */
export class ConversationLog {
  #entries: Entry[];

  constructor(earlier: readonly ContextItem[]) {
    this.#entries = earlier.map((item) => entryOf(item, null));
  }

  /** In the order it was said. */
  get items(): ContextItem[] {
    return this.#entries
      .map((entry) => ({ role: entry.role, text: heardText(entry) }))
      .filter(({ text }) => text !== '');
  }

  add(item: ContextItem): void {
    this.#push(entryOf(item, null));
  }

  /** The final words of an item; it stands where it was first heard of. */
  said(role: ContextItem['role'], itemId: string, text: string): void {
    const change = { text: text.slice(0, maxCharacters) };
    if (!this.#change(itemId, change)) this.#push(entryOf({ role, text }, itemId));
  }

  /** `ms` of the bot's speech came for an item. */
  spoke(itemId: string, ms: number): void {
    const before = this.#entries.find((entry) => entry.itemId === itemId);
    if (before) this.#change(itemId, { audioMs: before.audioMs + ms });
    else this.#push({ ...entryOf({ role: 'assistant', text: '' }, itemId), audioMs: ms });
  }

  /** Only `heardMs` of an item were heard; its words may still come. */
  truncate(itemId: string, heardMs: number): void {
    this.#change(itemId, { heardMs });
  }

  #change(itemId: string, change: Partial<Entry>): boolean {
    const at = this.#entries.findIndex((entry) => entry.itemId === itemId);
    const entry = this.#entries[at];
    if (!entry) return false;
    this.#entries[at] = { ...entry, ...change };
    return true;
  }

  #push(entry: Entry): void {
    this.#entries.push(entry);
    if (this.#entries.length > maxItems) this.#entries.shift();
  }
}

const entryOf = ({ role, text }: ContextItem, itemId: string | null): Entry => ({
  ...{ itemId, role },
  text: text.slice(0, maxCharacters),
  audioMs: 0,
  heardMs: null,
});
