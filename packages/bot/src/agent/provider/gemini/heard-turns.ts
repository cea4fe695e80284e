import type { ProviderEvents } from '../provider-event.ts';

interface HeardTurn {
  readonly turnId: string;
  text: string;
  /** Nobody wants to know what was understood of it. */
  taken: boolean;
  ended: boolean;
}

/** What was understood of each turn: it comes in pieces without a name, in the order of the turns, and its end is seldom told. */
export class HeardTurns {
  readonly #emit: ProviderEvents;
  #turns: HeardTurn[] = [];

  constructor(emit: ProviderEvents) {
    this.#emit = emit;
  }

  begun(turnId: string): void {
    this.#turns.push({ turnId, text: '', taken: false, ended: false });
  }

  /** The turn under way is over; `taken`: taken back, so that nothing is told of it. */
  ended(taken = false): void {
    const turn = this.#turns.at(-1);
    if (turn !== undefined) Object.assign(turn, { ended: true, taken: turn.taken || taken });
  }

  /** A piece was understood. */
  piece(text: string, whole: boolean): void {
    const [turn] = this.#turns;
    if (turn === undefined) return;
    turn.text += text;
    if (whole && turn.ended) this.finish();
    else if (!turn.taken && text !== '') this.#tell(turn, false);
  }

  /** The oldest turn was answered: nothing more is told of it. */
  finish(): void {
    const [turn] = this.#turns;
    if (turn?.ended !== true) return;
    this.#turns.shift();
    if (!turn.taken) this.#tell(turn, true);
  }

  /** Nothing more is understood. */
  forget(): void {
    this.#turns = [];
  }

  #tell({ turnId, text }: HeardTurn, final: boolean): void {
    const itemId = `input_of_${turnId}`;
    this.#emit({ type: 'input_transcript', turnId, itemId, text: text.trim(), final, confidence: null });
  }
}
