import type { Clock } from '@parley/protocol';
import type { AgentLogSink, TurnRecord } from './agent-log.ts';
import { type TurnStage, turnStageOrder } from './turn-stage.ts';

interface CaptureTimes {
  /** When the person was last above the gate, or fell silent; monotonic ms. */
  silentMs: number;
  endedMs: number | null;
  wordsMs: number | null;
}

interface Trace {
  readonly speakers: readonly string[];
  readonly why: string;
  readonly times: Map<TurnStage, number>;
  leadingSilenceMs: number | null;
}

/** Captures and turns whose times are known; the oldest goes. */
const most = 64;

export interface TurnTracesOptions {
  readonly clock: Clock;
  readonly log: AgentLogSink;
  /** Seconds that a stage took, counted from the one before it. */
  readonly observe: (stage: TurnStage, seconds: number) => void;
}

/** Where the time of each answer goes: from the person's last sound to the first packet of the bot. */
export class TurnTraces {
  readonly #options: TurnTracesOptions;
  readonly #captures = new Map<string, CaptureTimes>();
  readonly #turns = new Map<string, Trace>();

  constructor(options: TurnTracesOptions) {
    this.#options = options;
  }

  /** Somebody is above the gate. */
  loud(captureId: string): void {
    const known = this.#captures.get(captureId);
    if (known) known.silentMs = this.#nowMs;
    else keep(this.#captures, captureId, { silentMs: this.#nowMs, endedMs: null, wordsMs: null });
  }

  captureEnded(captureId: string): void {
    const known = this.#captures.get(captureId);
    if (known) known.endedMs ??= this.#nowMs;
  }

  wordsFinal(captureId: string): void {
    const known = this.#captures.get(captureId);
    if (known) known.wordsMs ??= this.#nowMs;
  }

  /** An answer is wanted. */
  begin(turnId: string, captureIds: readonly string[], speakers: readonly string[], why: string): void {
    const last = captureIds.map((id) => this.#captures.get(id)).findLast((times) => times !== undefined);
    const times = new Map<TurnStage, number>();
    times.set('speech_end', last?.silentMs ?? this.#nowMs);
    times.set('capture_end', last?.endedMs ?? this.#nowMs);
    if (last && last.wordsMs !== null) times.set('words_final', last.wordsMs);
    keep(this.#turns, turnId, { speakers, why, times, leadingSilenceMs: null });
  }

  stage(turnId: string, stage: TurnStage, leadingSilenceMs?: number): void {
    const trace = this.#turns.get(turnId);
    if (!trace || trace.times.has(stage)) return;
    trace.times.set(stage, this.#nowMs);
    if (leadingSilenceMs !== undefined) trace.leadingSilenceMs = leadingSilenceMs;
  }

  /** The answer is over, whatever became of it. */
  end(turnId: string, outcome: TurnRecord['outcome'], heardMs: number): void {
    const trace = this.#turns.get(turnId);
    if (!trace) return;
    this.#turns.delete(turnId);
    const { times, speakers, why, leadingSilenceMs } = trace;
    const zero = times.get('speech_end') ?? 0;
    const stages: { [S in TurnStage]?: number } = {};
    let before = zero;
    for (const stage of turnStageOrder) {
      const at = times.get(stage);
      if (at === undefined) continue;
      stages[stage] = Math.round(at - zero);
      if (stage !== 'speech_end') this.#options.observe(stage, Math.max(0, at - before) / 1000);
      before = Math.max(before, at);
    }
    this.#options.log({
      ...{ at: this.#options.clock.now(), userId: speakers[0] ?? null, kind: 'turn' },
      data: { turnId, speakers, why, stages, leadingSilenceMs, heardMs: Math.round(heardMs), outcome },
    });
  }

  get #nowMs(): number {
    return this.#options.clock.monotonicUs() / 1000;
  }
}

const keep = <T>(map: Map<string, T>, key: string, value: T): void => {
  map.set(key, value);
  if (map.size > most) map.delete([...map.keys()][0] ?? '');
};
