/** How long the first frames of a key are gathered before they are opened in order, microseconds. */
export const GATHER_US = 100_000;
/** Senders count from 1 (DAVE protocol, "Truncated Nonce"): the first frame of a key needs no waiting. */
const FIRST_NONCE = 1;
/** A nonce this far below the last one belongs to another key. */
const STEP_BACK = 500;

/** `open`: at once; `gather`: keep it; `flush`: it and all gathered ones may be opened now, in order. */
export type Admission = 'open' | 'gather' | 'flush';

interface Key {
  lastNonce: number;
  /** Gathering since then; null once frames are opened as they come. */
  gatheringSinceUs: number | null;
}

/**
 * davey 0.1.12 refuses every frame that was sent before the first one it has opened with a key, so frames that overtake each other
 * at a key's beginning (a join in mid-speech, a change of epoch, a replay from the hold) would be lost. They are gathered for a
 * moment and opened in order instead. Later ones may come in any order.
 */
export class FreshKeys {
  #keys = new Map<string, Key>();

  admit(userId: string, nonce: number, nowUs: number): Admission {
    const key = this.#keys.get(userId);
    if (!key || (key.gatheringSinceUs === null && nonce + STEP_BACK < key.lastNonce)) {
      const first = nonce <= FIRST_NONCE;
      this.#keys.set(userId, { lastNonce: nonce, gatheringSinceUs: first ? null : nowUs });
      return first ? 'open' : 'gather';
    }
    key.lastNonce = Math.max(key.lastNonce, nonce);
    if (key.gatheringSinceUs === null) return 'open';
    if (nonce > FIRST_NONCE && nowUs - key.gatheringSinceUs < GATHER_US) return 'gather';
    return 'flush';
  }

  /** People whose gathering is over by now. */
  due(nowUs: number): string[] {
    const due: string[] = [];
    for (const [userId, { gatheringSinceUs }] of this.#keys) {
      if (gatheringSinceUs !== null && nowUs - gatheringSinceUs >= GATHER_US) due.push(userId);
    }
    return due;
  }

  /** What was gathered of a person is being opened: from now on frames are opened as they come. */
  settled(userId: string): void {
    const key = this.#keys.get(userId);
    if (key) key.gatheringSinceUs = null;
  }

  /** Everybody has a new key. Who is being gathered goes on gathering. */
  changed(): void {
    for (const [userId, { gatheringSinceUs }] of this.#keys) if (gatheringSinceUs === null) this.#keys.delete(userId);
  }

  forget(userId: string): void {
    this.#keys.delete(userId);
  }

  clear(): void {
    this.#keys.clear();
  }
}
