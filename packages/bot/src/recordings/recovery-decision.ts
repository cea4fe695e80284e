/** Within this time after the last sign of life the same recording goes on, milliseconds (03 §0). */
export const rejoinWithinMs = 10 * 60_000;
/** After this time nobody expects a recording to go on by itself, whoever sits in the channel; milliseconds. */
export const continueWithinMs = 60 * 60_000;

export interface RecoveryFacts {
  readonly sameBoot: boolean;
  /** Milliseconds since the last sign of life. */
  readonly silentMs: number;
  /** Whether the journal has an end already: only `session.json` was not reached. */
  readonly ended: boolean;
  /** Whether Discord shows the channel. */
  readonly channelKnown: boolean;
  /** Whether the settings of now let Parley into voice, and into this channel. */
  readonly allowed: boolean;
  /** Humans of the recording who sit in the channel now. */
  readonly peopleStillThere: number;
}

/** `rejoin`: the same recording; `finish_and_continue`: hand it to the mixer and begin another that names it; `finish`: the former only. */
export type RecoveryDecision = 'rejoin' | 'finish_and_continue' | 'finish';

/** What a start does about a recording that a former supervisor left running. */
export const decideRecovery = (facts: RecoveryFacts): RecoveryDecision => {
  const { sameBoot, silentMs, ended, channelKnown, allowed, peopleStillThere } = facts;
  if (ended || !channelKnown || !allowed || peopleStillThere === 0 || silentMs > continueWithinMs) return 'finish';
  // The monotonic clock, and with it the recording's sample clock, holds within one boot only.
  return sameBoot && silentMs <= rejoinWithinMs ? 'rejoin' : 'finish_and_continue';
};
