/** Something that happened in a running recording, on its clock. */
export type LiveEvent = {
  /** The recording it belongs to; a session may have several. */
  readonly recordingSessionId: string;
} & (
  | { readonly kind: 'spoke'; readonly userId: string; readonly fromSample: number; readonly toSample: number }
  | {
      readonly kind: 'hole';
      readonly fromSample: number;
      readonly toSample: number;
      readonly userId: string | null;
      readonly reason: string;
    }
  | { readonly kind: 'note'; readonly sample: number; readonly userId: string; readonly text: string }
);

/** How many events are kept for whoever begins to watch; older ones are in the recording. */
export const liveNewsKept = 300;

/** The latest of a running recording, for live pages: each remembers up to where it has seen. Bounded; nobody waits for a watcher. */
export class LiveNews {
  /** People who speak now, as Discord tells. */
  readonly speaking = new Set<string>();
  #events: LiveEvent[] = [];
  /** Number of the first event that is kept. */
  #first = 0;

  add(event: LiveEvent): void {
    this.#events.push(event);
    while (this.#events.length > liveNewsKept) {
      this.#events.shift();
      this.#first += 1;
    }
  }

  /** Everything kept from number `from` on, and the number to ask from next time. */
  since(from: number): { readonly events: readonly LiveEvent[]; readonly upTo: number } {
    return { events: this.#events.slice(Math.max(0, from - this.#first)), upTo: this.#first + this.#events.length };
  }
}
