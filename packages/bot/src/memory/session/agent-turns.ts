import type { Clock } from '@parley/protocol';
import type { TurnEvent } from '../turns/turn-event.ts';

/** Words that have not come so long after an answer was heard will not come, milliseconds. */
export const wordsPatienceMs = 10_000;

interface Open {
  readonly pieces: Set<string>;
  /** Its words that are still awaited when the answer is over. */
  timer: Disposable | null;
}

/**
 * Tells the turns of an agent as events of the memory: one response a turn, whose words are those that were heard. Words that never come
 * are given up, so that no turn holds up those after it.
 */
export class AgentTurns implements Disposable {
  readonly #clock: Clock;
  readonly #take: (event: TurnEvent) => void;
  /** Random: an agent that takes over counts its turns anew. */
  readonly #run: string;
  readonly #open = new Map<string, Open>();

  constructor(clock: Clock, run: string, take: (event: TurnEvent) => void) {
    this.#clock = clock;
    this.#run = run;
    this.#take = take;
  }

  /** Somebody is to be answered. */
  requested({
    turnId: own,
    captureIds,
    speakers,
  }: {
    readonly turnId: string;
    readonly captureIds: readonly string[];
    readonly speakers: readonly string[];
  }): void {
    const turnId = this.#id(own);
    this.#open.set(turnId, { pieces: new Set(captureIds), timer: null });
    this.#take({ type: 'opened', turnId, pieces: captureIds, speakers });
    this.#take({ type: 'response_started', turnId, responseId: turnId });
  }

  /** The final words of a capture. */
  understood(captureId: string, text: string): void {
    for (const { pieces } of this.#open.values()) pieces.delete(captureId);
    this.#take({ type: 'user_final', piece: captureId, text });
  }

  /** What was heard of the answer to a turn. */
  said(own: string, text: string, cutOff: string): void {
    const turnId = this.#id(own);
    this.#take({ type: 'assistant_final', responseId: turnId, itemId: 'said', text });
    this.#take({ type: 'response_finished', responseId: turnId, status: 'completed' });
    this.#take({ type: 'heard', turnId, interrupted: cutOff !== '', text: cutOff === '' ? null : text });
    this.#await(turnId);
  }

  toolCalled(own: string, callId: string, name: string): void {
    this.#take({ type: 'tool_called', turnId: this.#id(own), callId, name });
  }

  toolSettled(callId: string, status: 'completed' | 'failed'): void {
    this.#take({ type: 'tool_settled', callId, status });
  }

  /** The turn is over; `silent`: it was not to be answered. What was heard of the answer has been told before, where anything was. */
  over(own: string, how: 'heard' | 'silent' | 'failed' | 'withdrawn'): void {
    const turnId = this.#id(own);
    if (how === 'withdrawn') {
      this.#take({ type: 'withdrawn', turnId });
      this.#open.delete(turnId);
      return;
    }
    if (how === 'failed') this.#take({ type: 'connection_lost', turnId });
    else {
      this.#take({ type: 'response_finished', responseId: turnId, status: 'completed' });
      this.#take({ type: 'heard', turnId, interrupted: how === 'heard', text: null });
    }
    this.#await(turnId);
  }

  [Symbol.dispose](): void {
    for (const { timer } of this.#open.values()) timer?.[Symbol.dispose]();
    this.#open.clear();
  }

  #id(turnId: string): string {
    return `${this.#run}.${turnId}`;
  }

  /** Gives the words that are missing some time, once. */
  #await(turnId: string): void {
    const open = this.#open.get(turnId);
    if (!open || open.timer !== null) return;
    if (open.pieces.size === 0) {
      this.#open.delete(turnId);
      return;
    }
    open.timer = this.#clock.setTimeout(() => {
      this.#open.delete(turnId);
      for (const piece of open.pieces) this.#take({ type: 'user_failed', piece });
    }, wordsPatienceMs);
  }
}
