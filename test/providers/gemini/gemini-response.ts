import type { Answer } from '../realtime/scenario.ts';
import type { Failure } from '../shared/failure.ts';
import type { Pace } from '../shared/pace.ts';
import { type Phrase, piecesOf } from '../shared/phrases.ts';

export interface GeminiResponseOptions {
  readonly answer: Answer;
  readonly failure: Failure | null;
  readonly rate: number;
  readonly leadingSilenceMs: number;
  readonly pace: Pace;
  readonly send: (message: object) => void;
  readonly raw: (data: string) => void;
  readonly drop: () => void;
  /** Speech that was said, ms, and words that were written. */
  readonly spent: (audioMs: number, words: number) => void;
  /** Calls functions. @returns nothing: the answers are the session's business */
  readonly call: (calls: readonly { readonly name: string; readonly arguments: string }[]) => void;
  /** The turn is over. */
  readonly over: (reason: string | null) => void;
}

/** Speech comes in pieces of this length. */
const pieceMs = 40;

/** One turn of a simulated Gemini, with what is to go wrong with it. */
export class GeminiResponse {
  readonly #options: GeminiResponseOptions;
  #stopped = false;

  constructor(options: GeminiResponseOptions) {
    this.#options = options;
  }

  /** New input came: nothing more of it is said. */
  stop(): void {
    this.#stopped = true;
  }

  /** Resolves when nothing of it comes any more. */
  async run(): Promise<void> {
    const { failure, answer, raw, over, send } = this.#options;
    if (this.#stopped) return;
    if (failure?.kind === 'garbage') for (let n = 0; n < failure.count; n += 1) raw(`{"serverContent": ${n}`);
    if (failure?.kind === 'failed') {
      over(failure.code.toUpperCase());
      return;
    }
    const phrase = answer.kind === 'say' || answer.kind === 'call' ? answer.phrase : undefined;
    if (phrase !== undefined && !(await this.#say(phrase))) return;
    if (answer.kind === 'write') {
      this.#words(answer.text.split(' '));
      this.#options.spent(0, answer.text.split(' ').length);
    }
    if (this.#stopped) return;
    if (answer.kind === 'call') {
      this.#options.call(answer.calls);
      return;
    }
    send({ serverContent: { generationComplete: true } });
    over(null);
  }

  /** @returns whether it goes on after it */
  async #say({ text, pcm }: Phrase): Promise<boolean> {
    const { rate, leadingSilenceMs, failure, pace, drop, send, spent, over } = this.#options;
    const silence = Buffer.alloc(Math.round((rate * leadingSilenceMs) / 1000) * 2);
    const pieces = piecesOf(Buffer.concat([silence, pcm(rate)]), rate, pieceMs);
    const words = text.split(' ');
    const wordsAt = (share: number): number => Math.floor(share * words.length);
    for (const [at, piece] of pieces.entries()) {
      if (this.#stopped) return false;
      if (failure?.kind === 'drop' && at >= pieces.length * failure.at) {
        drop();
        return false;
      }
      if (failure?.kind === 'stall_midway' && at >= pieces.length / 2) return false;
      if (failure?.kind === 'out_of_order' && at === pieces.length - 1) over(null);
      const data = this.#base64(piece, at);
      const inlineData = { mimeType: `audio/pcm;rate=${rate}`, data };
      send({ serverContent: { modelTurn: { role: 'model', parts: [{ inlineData }] } } });
      this.#words(words.slice(wordsAt(at / pieces.length), wordsAt((at + 1) / pieces.length)));
      const ms = (piece.length / 2 / rate) * 1000;
      spent(ms, 0);
      await pace.after(ms);
    }
    return failure?.kind !== 'out_of_order';
  }

  #words(words: readonly string[]): void {
    if (words.length > 0)
      this.#options.send({ serverContent: { outputTranscription: { text: `${words.join(' ')} ` } } });
  }

  #base64(piece: Buffer, at: number): string {
    const { failure } = this.#options;
    if (failure?.kind !== 'bad_audio' || at >= failure.count) return piece.toString('base64');
    return failure.how === 'odd' ? piece.subarray(0, piece.length - 1).toString('base64') : '%%% no base64 %%%';
  }
}
