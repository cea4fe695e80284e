/** Audio of one person that may wait for a slow reader, milliseconds. */
export const maxWaitingMs = 500;

/** Bytes that may wait of everybody together. */
export const maxCaptureBytes = 4 * 1024 * 1024;

/** Frames of everybody that may wait; far more than the audio of a full channel. */
export const maxCaptureFrames = 8_192;

interface Waiting {
  readonly frame: Buffer;
  /** Null for what is no audio. */
  readonly ms: number | null;
  /** Its place among everybody's. */
  readonly order: number;
}

interface Person {
  readonly waiting: Waiting[];
  ms: number;
  /** Audio dropped and not told yet, milliseconds. */
  droppedMs: number;
  readonly taken: (() => void)[];
}

/**
 * Audio on its way to a slow reader, of many people. Frames leave in the order in which they came. Of each person 500 ms wait at most:
 * the oldest audio gives way, and how much is remembered until it is told; the newest frame always stays. What is no audio keeps its
 * place behind the audio before it and is never dropped.
 */
export class CaptureLane {
  readonly #people = new Map<string, Person>();
  readonly #maxBytes: number;
  #order = 0;
  #bytes = 0;
  #size = 0;
  #droppedMs = 0;

  constructor(maxBytes = maxCaptureBytes) {
    this.#maxBytes = maxBytes;
  }

  /** Frames that wait. */
  get size(): number {
    return this.#size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Milliseconds of audio that were dropped so far. */
  get droppedMs(): number {
    return this.#droppedMs;
  }

  /**
   * Takes a frame.
   * @param ms how long its audio is; null for a frame that is none
   * @returns false when so much waits that the reader must be given up
   */
  add(frame: Buffer, userId: string, ms: number | null): boolean {
    if (this.#size >= maxCaptureFrames) return false;
    const person = this.#person(userId);
    person.waiting.push({ frame, ms, order: this.#order++ });
    this.#size += 1;
    this.#bytes += frame.length;
    if (ms === null) return true;
    person.ms += ms;
    while (person.ms > maxWaitingMs && this.#dropOldest(person));
    while (this.#bytes > this.#maxBytes && this.#dropOldest(person));
    return true;
  }

  /** The next frame, taken out; undefined when nothing waits. */
  next(): Buffer | undefined {
    let first: Person | undefined;
    for (const person of this.#people.values()) {
      if (
        (person.waiting[0]?.order ?? Number.POSITIVE_INFINITY) < (first?.waiting[0]?.order ?? Number.POSITIVE_INFINITY)
      ) {
        first = person;
      }
    }
    if (first === undefined) return undefined;
    const frame = this.#remove(first, 0);
    this.#settle();
    return frame;
  }

  /** Whose audio was dropped, and how much since it was told last; taken out. */
  nextDropped(): { readonly userId: string; readonly droppedMs: number } | undefined {
    for (const [userId, person] of this.#people) {
      const { droppedMs } = person;
      if (droppedMs === 0) continue;
      person.droppedMs = 0;
      this.#settle();
      return { userId, droppedMs };
    }
    return undefined;
  }

  /** Gives up the audio of a person that waits, untold: nobody may hear it any more. @returns milliseconds */
  discard(userId: string): number {
    const person = this.#people.get(userId);
    if (person === undefined) return 0;
    const { ms } = person;
    for (let index = person.waiting.length - 1; index >= 0; index -= 1) {
      if (person.waiting[index]?.ms !== null) this.#remove(person, index);
    }
    person.droppedMs = 0;
    this.#settle();
    return ms;
  }

  /** Resolves when nothing of a person waits any more, because it left, was dropped, or the link ended. */
  taken(userId: string): Promise<void> {
    const person = this.#people.get(userId);
    if (person === undefined || person.waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => person.taken.push(resolve));
  }

  clear(): void {
    for (const { taken } of this.#people.values()) for (const resolve of taken) resolve();
    this.#people.clear();
    this.#bytes = this.#size = 0;
  }

  #person(userId: string): Person {
    const known = this.#people.get(userId);
    if (known !== undefined) return known;
    const person: Person = { waiting: [], ms: 0, droppedMs: 0, taken: [] };
    this.#people.set(userId, person);
    return person;
  }

  /** Drops the oldest audio of a person but the newest frame. @returns whether there was any to drop */
  #dropOldest(person: Person): boolean {
    const oldest = person.waiting.findIndex(({ ms }) => ms !== null);
    if (oldest < 0 || oldest === person.waiting.length - 1) return false;
    const ms = person.waiting[oldest]?.ms ?? 0;
    this.#remove(person, oldest);
    person.droppedMs += ms;
    this.#droppedMs += ms;
    return true;
  }

  #remove(person: Person, index: number): Buffer {
    const [{ frame, ms }] = person.waiting.splice(index, 1) as [Waiting];
    person.ms -= ms ?? 0;
    this.#size -= 1;
    this.#bytes -= frame.length;
    return frame;
  }

  /** Forgets people of whom nothing waits. */
  #settle(): void {
    for (const [userId, { waiting, droppedMs, taken }] of this.#people) {
      if (waiting.length > 0) continue;
      for (const resolve of taken.splice(0)) resolve();
      if (droppedMs === 0) this.#people.delete(userId);
    }
  }
}
