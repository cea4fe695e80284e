/** How many control frames may wait for a slow reader before the link is given up. */
export const maxQueuedControl = 2048;

/** Where an outgoing frame waits while the pipe is full. */
export type Offer = 'sent' | 'queued' | 'coalesced' | 'overflow';

/**
 * The frames that wait for a writable that does not take more. Control frames keep their order and are never dropped: one too many
 * is an overflow, which ends the link. Frames with a key give way when the queue is more than half full: only the newest of a key
 * is kept, sent after the control frames.
 */
export class Outbox {
  #control: Buffer[] = [];
  #coalesced = new Map<string, Buffer>();
  #limit: number;
  replaced = 0;

  constructor(limit = maxQueuedControl) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#control.length + this.#coalesced.size;
  }

  get crowded(): boolean {
    return this.#control.length > this.#limit / 2;
  }

  add(frame: Buffer, key: string | null): Offer {
    if (key !== null && this.crowded) {
      if (this.#coalesced.delete(key)) this.replaced += 1;
      this.#coalesced.set(key, frame);
      return 'coalesced';
    }
    if (this.#control.length >= this.#limit) return 'overflow';
    this.#control.push(frame);
    return 'queued';
  }

  /** Hands frames to `write` until it answers false or nothing is left. */
  drain(write: (frame: Buffer) => boolean): void {
    let sent = 0;
    let open = true;
    while (open && sent < this.#control.length) open = write(this.#control[sent++] as Buffer);
    if (sent > 0) this.#control.splice(0, sent);
    if (!open || this.#control.length > 0) return;
    for (const [key, frame] of this.#coalesced) {
      this.#coalesced.delete(key);
      if (!write(frame)) return;
    }
  }

  clear(): void {
    this.#control = [];
    this.#coalesced.clear();
  }
}
