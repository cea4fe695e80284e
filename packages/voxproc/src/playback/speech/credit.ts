/** Audio that may wait in this process, of all utterances together, milliseconds. */
export const WINDOW_MS = 2000;
/** Grants are told in steps of at least this, milliseconds. */
export const STEP_MS = 200;

/** What a grant depends on, milliseconds of audio of one utterance. */
export interface CreditOf {
  readonly receivedMs: number;
  /** Played, or left out for good. */
  readonly consumedMs: number;
  /** Whether no more follows. */
  readonly isEnded: boolean;
  /** What it has been granted so far, in all. */
  readonly grantedMs: number;
}

/**
 * What each utterance may have been sent in all, in the order they play: the window belongs to the first that has not ended, and what
 * those before it leave of it. Grants never shrink. Pure.
 */
export const grantsOf = (utterances: readonly CreditOf[]): number[] => {
  let room = WINDOW_MS;
  return utterances.map(({ receivedMs, consumedMs, isEnded, grantedMs }) => {
    const granted = isEnded ? grantedMs : Math.max(grantedMs, Math.floor(consumedMs + Math.max(0, room)));
    room -= (isEnded ? receivedMs : granted) - consumedMs;
    return granted;
  });
};
