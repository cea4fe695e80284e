import { type JsonObject, textOf } from '../socket/json.ts';
import { Recent } from './recent.ts';

/** A function the model wants to be called. */
export interface ToolCall {
  readonly callId: string;
  readonly name: string;
  readonly arguments: string;
}

/** What of a call may be told to the model for one answer, in characters. */
const longestOutput = 128 * 1024;

/** Calls are told several times and in pieces: here each comes once, whole, and is answered once. */
export class ToolCalls {
  readonly #names = new Recent<string>(128);
  readonly #told = new Recent<'open' | 'answered'>(256);

  /** An item began: functions have their name here, and in some dialects nowhere else. */
  begun(item: JsonObject): void {
    const [callId, name] = [textOf(item, 'call_id'), textOf(item, 'name')];
    if (item.type === 'function_call' && callId !== null && name !== null && name !== '') this.#names.set(callId, name);
  }

  /** A call is whole, by an event of its own or as an item. @returns null where it was told before, or is none */
  whole(event: JsonObject): ToolCall | null {
    const callId = textOf(event, 'call_id');
    if (callId === null || this.#told.has(callId)) return null;
    const name = textOf(event, 'name') || this.#names.get(callId);
    if (name === undefined) return null;
    this.#told.set(callId, 'open');
    return { callId, name, arguments: textOf(event, 'arguments') ?? '{}' };
  }

  /** @returns what is sent as the answer; null: the call is unknown or answered already */
  answer(callId: string, output: string): { readonly output: string; readonly cut: boolean } | null {
    if (this.#told.get(callId) !== 'open') return null;
    this.#told.set(callId, 'answered');
    const cut = output.length > longestOutput;
    return { output: cut ? `${output.slice(0, longestOutput)} … (cut off here)` : output, cut };
  }
}
