/** Ids remembered. */
const KEPT = 256;

/** Why an utterance is no more. `cancelled`: late audio of it is nothing unusual. */
export type Gone = 'cancelled' | 'over';

/** The last utterances that are over, so that none of them begins again. */
export class GoneUtterances {
  #gone = new Map<string, Gone>();

  add(id: string, why: Gone): void {
    this.#gone.delete(id);
    this.#gone.set(id, why);
    const [oldest] = this.#gone.keys();
    if (this.#gone.size > KEPT && oldest !== undefined) this.#gone.delete(oldest);
  }

  why(id: string): Gone | null {
    return this.#gone.get(id) ?? null;
  }
}
