import type { JsonObject } from '../socket/json.ts';

interface Batch {
  readonly open: Set<string>;
  readonly results: JsonObject[];
}

/** Calls that came together are answered together: the model goes on as soon as it is answered, and would do without the rest. */
export class ToolBatches {
  readonly #batches = new Map<string, Batch>();
  readonly #names = new Map<string, string>();

  /** Calls of one message, in order. */
  called(calls: readonly { readonly callId: string; readonly name: string }[]): void {
    const batch: Batch = { open: new Set(calls.map(({ callId }) => callId)), results: [] };
    for (const { callId, name } of calls) {
      this.#batches.set(callId, batch);
      this.#names.set(callId, name);
    }
  }

  /** @returns what is sent now, all results of the batch; null: others are to come */
  answered(callId: string, output: string): readonly JsonObject[] | null {
    const name = this.#names.get(callId) ?? '';
    return this.#settle(callId, { id: callId, name, response: { output } });
  }

  /** The model does not want the result any more. @returns what is sent now; null: nothing */
  cancelled(callId: string): readonly JsonObject[] | null {
    return this.#settle(callId, null);
  }

  #settle(callId: string, result: JsonObject | null): readonly JsonObject[] | null {
    const batch = this.#batches.get(callId);
    if (batch === undefined) return null;
    this.#batches.delete(callId);
    this.#names.delete(callId);
    batch.open.delete(callId);
    if (result !== null) batch.results.push(result);
    return batch.open.size === 0 && batch.results.length > 0 ? batch.results : null;
  }
}
