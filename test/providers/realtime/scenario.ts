import type { Message } from '../shared/connection.ts';
import { type Phrase, phrases } from '../shared/phrases.ts';

/** What a person said, as the simulated model has it when a response is asked of it. */
export interface Heard {
  /** Counts responses of this socket from 1. */
  readonly number: number;
  /** Audio committed since the last response, ms. */
  readonly audioMs: number;
  /** Texts and tool results put into the conversation since the last response, oldest first. */
  readonly texts: readonly string[];
  readonly toolOutputs: readonly string[];
  /** Instructions in force for this response. */
  readonly instructions: string;
  readonly tools: readonly string[];
  readonly modality: 'audio' | 'text';
  /** The `response.create` itself. */
  readonly request: Message;
}

/** What the simulated model does with it. */
export type Answer =
  | { readonly kind: 'say'; readonly phrase: Phrase }
  | { readonly kind: 'write'; readonly text: string }
  | {
      readonly kind: 'call';
      readonly calls: readonly { readonly name: string; readonly arguments: string }[];
      /** Said before the call. */
      readonly phrase?: Phrase;
    }
  | { readonly kind: 'nothing' };

export interface Scenario {
  /** Default: the echo persona, which answers with the next phrase of its repertoire, or writes it where text is asked for. */
  readonly answer?: (heard: Heard) => Answer;
  /** What is understood of the n-th committed turn (from 1). Default: the text of the n-th phrase. null: it fails. */
  readonly hear?: (turn: { readonly number: number; readonly audioMs: number; readonly pcm: Buffer }) => string | null;
  /** How many times as fast as it is spoken speech is sent; default: as fast as it can be. Providers send 3 to 10 times. */
  readonly speed?: number;
  /** Silence before the speech of an answer, ms: models begin with some. */
  readonly leadingSilenceMs?: number;
}

/** Answers everything with real speech: the first phrase to the first question, and so on around. */
export const echoPersona =
  (repertoire: readonly Phrase[] = phrases) =>
  ({ number, modality }: Heard): Answer => {
    const phrase = repertoire[(number - 1) % repertoire.length];
    if (phrase === undefined) return { kind: 'nothing' };
    return modality === 'text' ? { kind: 'write', text: phrase.text } : { kind: 'say', phrase };
  };

/** Understands the first turn as the first phrase, and so on around. */
export const understandInTurn = ({ number }: { readonly number: number }): string =>
  phrases[(number - 1) % phrases.length]?.text ?? '';
