/** What goes wrong with one response of a simulated provider. */
export type Failure =
  /** It begins `ms` late. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** It begins only when `until` resolves. */
  | { readonly kind: 'held'; readonly until: Promise<void> }
  /** Nothing comes, not even that it begins. */
  | { readonly kind: 'stall' }
  /** It stops half-way and never ends. */
  | { readonly kind: 'stall_midway' }
  /** The socket breaks after this part of the speech, 0 to 1. */
  | { readonly kind: 'drop'; readonly at: number }
  /** An error event in place of the response. */
  | { readonly kind: 'error'; readonly code: string; readonly message?: string }
  /** It begins and ends at once as failed. */
  | { readonly kind: 'failed'; readonly code: string; readonly message?: string }
  /** Every event comes twice. */
  | { readonly kind: 'duplicate' }
  /** It is said to begin only after its first speech, and to end before its last. */
  | { readonly kind: 'out_of_order' }
  /** So many messages that nobody can read come before it. */
  | { readonly kind: 'garbage'; readonly count: number }
  /** So many pieces of its speech cannot be read. */
  | { readonly kind: 'bad_audio'; readonly how: 'base64' | 'odd'; readonly count: number };

/** The failures of the responses to come, in order; `null` for one that goes well. */
export class Failures {
  readonly #next: (Failure | null)[] = [];
  #always: Failure | null = null;

  next(...failures: readonly (Failure | null)[]): void {
    this.#next.push(...failures);
  }

  /** What goes wrong with every response nothing else was said about; null: nothing any more. */
  always(failure: Failure | null): void {
    this.#always = failure;
  }

  /** Whatever was to go wrong goes well. */
  clear(): void {
    this.#next.length = 0;
    this.#always = null;
  }

  take(): Failure | null {
    const next = this.#next.shift();
    return next === undefined ? this.#always : next;
  }
}
