import type { AgentMemory } from '../../memory/session/agent-memory.ts';
import type { AgentTurns } from '../../memory/session/agent-turns.ts';
import type { Hearing } from '../hearing/hearing.ts';
import type { TurnRecord } from '../observe/agent-log.ts';
import type { TurnTraces } from '../observe/turn-traces.ts';
import type { ReplyTurn, SaidText } from '../replies/reply-path.ts';
import type { FloorEvent } from '../turns/index.ts';

/** The turns that are being answered: how long each takes, and which captures are kept for it. */
export class TurnBook implements Disposable {
  readonly #traces: TurnTraces;
  readonly #hearing: Pick<Hearing, 'release'>;
  readonly #turns = new Map<string, ReplyTurn>();
  /** null: nothing is remembered. */
  readonly #memory: AgentTurns | null;

  constructor(traces: TurnTraces, hearing: Pick<Hearing, 'release'>, memory: AgentMemory | null = null) {
    this.#memory = memory?.openTurns() ?? null;
    this.#traces = traces;
    this.#hearing = hearing;
  }

  [Symbol.dispose](): void {
    this.#memory?.[Symbol.dispose]();
  }

  begin(turn: ReplyTurn, why: string): void {
    this.#traces.begin(turn.turnId, turn.captureIds, turn.speakers, why);
    this.#turns.set(turn.turnId, turn);
    this.#memory?.requested(turn);
  }

  /** What the floor is told of captures and replies, for their times. @param cut the agent was silenced */
  note(event: FloorEvent, cut: boolean): void {
    const traces = this.#traces;
    if (event.type === 'capture_audio' && event.loudMs > 0) traces.loud(event.captureId);
    else if (event.type === 'capture_ended') traces.captureEnded(event.captureId);
    else if (event.type === 'words' && event.final) traces.wordsFinal(event.captureId);
    else if (event.type === 'reply' && event.phase === 'failed') this.over(event.turnId, 'failed', 0);
    else if (event.type === 'reply' && event.phase === 'generated') this.#release(event.turnId);
    else if (event.type === 'speech_over' && event.turnId !== null) {
      this.over(event.turnId, cut ? 'cut' : 'heard', event.heardMs);
    }
  }

  /** The final words of a capture. */
  understood(captureId: string, text: string): void {
    this.#memory?.understood(captureId, text);
  }

  /** What was heard of an answer. */
  said({ turnId, text, cutOff }: SaidText): void {
    if (turnId !== null) this.#memory?.said(turnId, text, cutOff);
  }

  /** It may still be answered, together with what was said since. */
  withdrawn(turnId: string): void {
    this.#traces.end(turnId, 'withdrawn', 0);
    this.#memory?.over(turnId, 'withdrawn');
    this.#turns.delete(turnId);
  }

  withdrawAll(): void {
    for (const turnId of [...this.#turns.keys()]) this.withdrawn(turnId);
  }

  over(turnId: string, outcome: TurnRecord['outcome'], heardMs: number): void {
    this.#traces.end(turnId, outcome, heardMs);
    this.#memory?.over(turnId, outcome === 'failed' || outcome === 'silent' ? outcome : 'heard');
    this.#release(turnId);
    this.#turns.delete(turnId);
  }

  /** Its captures are with the model: nothing of them is kept any more. */
  #release(turnId: string): void {
    for (const captureId of this.#turns.get(turnId)?.captureIds ?? []) this.#hearing.release(captureId);
  }
}
