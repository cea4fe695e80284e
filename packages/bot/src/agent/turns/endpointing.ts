import type { EndpointReason } from './floor-types.ts';
import { completenessOf } from './speech-act.ts';

/** What is known about a pause. */
export interface Pause {
  /** `silence_frames`: the client said that it stopped sending. */
  readonly cause: 'silence_frames' | 'no_packets';
  /** What is understood so far; empty: nothing, or nobody tells. */
  readonly text: string;
  /** The turn model's opinion, 0–1; null: there is none. */
  readonly finished: number | null;
  /** How long this person's pauses in the middle of a turn usually are, ms; null: none is known. */
  readonly usualMs: number | null;
  /** The ceiling, ms: a pause this long ends a turn whatever else is known. */
  readonly silenceMs: number;
}

/** How long a pause has to last, ms, and what that follows from. */
export interface Endpoint {
  readonly waitMs: number;
  readonly why: EndpointReason;
}

/** Waits by how finished the words sound, ms. A pause that people make between words is seldom longer than 200. */
const waits = { complete: 240, likely: 340, clientSilence: 480, turnModel: 200 } as const;
/** Share of a person's usual pause that is waited for although the words sound finished. */
const usualShare = { complete: 0.7, likely: 1, clientSilence: 1.2 } as const;
/** The turn model is believed beyond these. */
const believed = { finished: 0.8, goesOn: 0.2 } as const;

/** How long to wait in a pause before the turn counts as over. The ceiling always holds; signs only shorten it. Pure. */
export const endpointOf = ({ cause, text, finished, usualMs, silenceMs }: Pause): Endpoint => {
  const ceiling: Endpoint = { waitMs: silenceMs, why: 'silence' };
  const atMost = (ms: number, share: number, why: EndpointReason): Endpoint => {
    const waitMs = Math.max(ms, (usualMs ?? 0) * share);
    return waitMs < silenceMs ? { waitMs, why } : ceiling;
  };
  if (finished !== null && finished <= believed.goesOn) return ceiling;
  if (finished !== null && finished >= believed.finished) return atMost(waits.turnModel, 0, 'turn_model');
  switch (completenessOf(text)) {
    case 'open':
      return ceiling;
    case 'complete':
      return atMost(waits.complete, usualShare.complete, 'complete_words');
    case 'likely':
      return atMost(waits.likely, usualShare.likely, 'complete_words');
    case 'unknown':
      return cause === 'silence_frames'
        ? atMost(waits.clientSilence, usualShare.clientSilence, 'client_silence')
        : ceiling;
  }
};

/** Weight of the newest pause. */
const newest = 0.3;

/** A person's usual pause after one more of `ms` in the middle of a turn. */
export const learnPause = (usualMs: number | null, ms: number): number =>
  usualMs === null ? ms : usualMs * (1 - newest) + ms * newest;
