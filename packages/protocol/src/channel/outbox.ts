/** How many control frames may wait for a slow reader before the link is given up. */
export const maxQueuedControl = 2048;

/** How many bytes of them. */
export const maxQueuedBytes = 8 * 1024 * 1024;

/** Where an outgoing frame waits while the pipe is full. */
export type Offer = 'queued' | 'coalesced' | 'overflow';

/**
 * The frames that wait for a writable that does not take more. Control frames keep their order and are never dropped: one too many
 * is an overflow, which ends the link. Frames with a key give way when the queue is more than half full: only the newest of a key
 * is kept, sent after the control frames, and the oldest of all when there are too many keys. While any of them waits, every keyed
 * frame joins them, so that an older one never arrives after a newer one.
 */
export class Outbox {
  #control: Buffer[] = [];
  #controlBytes = 0;
  #coalesced = new Map<string, Buffer>();
  #coalescedBytes = 0;
  #limit: number;
  #maxBytes: number;
  replaced = 0;

  constructor(limit = maxQueuedControl, maxBytes = maxQueuedBytes) {
    this.#limit = limit;
    this.#maxBytes = maxBytes;
  }

  get size(): number {
    return this.#control.length + this.#coalesced.size;
  }

  get bytes(): number {
    return this.#controlBytes + this.#coalescedBytes;
  }

  get crowded(): boolean {
    return this.#control.length > this.#limit / 2 || this.#controlBytes > this.#maxBytes / 2;
  }

  add(frame: Buffer, key: string | null): Offer {
    if (key !== null && (this.crowded || this.#coalesced.size > 0)) {
      this.#coalesce(frame, key);
      return 'coalesced';
    }
    if (this.#control.length >= this.#limit || this.#controlBytes + frame.length > this.#maxBytes) return 'overflow';
    this.#control.push(frame);
    this.#controlBytes += frame.length;
    return 'queued';
  }

  /** Hands frames to `write` until it answers false or nothing is left. */
  drain(write: (frame: Buffer) => boolean): void {
    let sent = 0;
    let open = true;
    while (open && sent < this.#control.length) {
      const frame = this.#control[sent++] as Buffer;
      this.#controlBytes -= frame.length;
      open = write(frame);
    }
    this.#control.splice(0, sent);
    if (!open) return;
    for (const [key, frame] of this.#coalesced) {
      this.#forget(key);
      if (!write(frame)) return;
    }
  }

  clear(): void {
    this.#control = [];
    this.#coalesced.clear();
    this.#controlBytes = this.#coalescedBytes = 0;
  }

  #coalesce(frame: Buffer, key: string): void {
    if (this.#forget(key)) this.replaced += 1;
    this.#coalesced.set(key, frame);
    this.#coalescedBytes += frame.length;
    while (this.#coalesced.size > 1 && this.#tooManyKeys) {
      const [oldest] = this.#coalesced.keys();
      if (oldest !== undefined && this.#forget(oldest)) this.replaced += 1;
    }
  }

  get #tooManyKeys(): boolean {
    return this.#coalesced.size > this.#limit / 2 || this.#coalescedBytes > this.#maxBytes / 2;
  }

  #forget(key: string): boolean {
    this.#coalescedBytes -= this.#coalesced.get(key)?.length ?? 0;
    return this.#coalesced.delete(key);
  }
}
