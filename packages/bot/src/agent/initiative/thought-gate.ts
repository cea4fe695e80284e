/** Silence of everybody before the agent may speak of its own accord, ms. */
export const minSilenceMs = 45_000;
/** From one try to the next, ms. */
export const minBetweenMs = 60_000;

/** What is looked at before the agent speaks without being asked; times are of one monotonic clock, ms. */
export interface ThoughtSituation {
  /** Percent; 0: never. */
  readonly eagerness: number;
  readonly awake: boolean;
  /** People who may be heard. */
  readonly heardHumans: number;
  readonly musicPlays: boolean;
  /** The agent speaks, or an answer is on its way. */
  readonly answering: boolean;
  /** Somebody is speaking, or it is being decided whom it was for. */
  readonly listening: boolean;
  readonly addressing: 'auto' | 'always' | 'never';
  readonly quietSince: number;
  readonly triedAt: number;
}

/** Why the agent keeps silent. */
export const thoughtGates = {
  initiative_off: 'it is not to speak of its own accord',
  not_awake: 'it rests',
  command_only: 'it only listens when commanded',
  nobody_there: 'nobody who may be heard is there',
  music_playing: 'music plays',
  turn_under_way: 'it speaks, or is about to',
  somebody_speaks: 'somebody is speaking',
  not_quiet_long: 'it has not been quiet for long enough',
  tried_lately: 'it has tried not long ago',
} as const satisfies Record<string, string>;
export type ThoughtGate = keyof typeof thoughtGates;

type Rule = readonly [ThoughtGate, (situation: ThoughtSituation, nowMs: number) => boolean];

const rules: readonly Rule[] = [
  ['initiative_off', ({ eagerness }) => eagerness <= 0],
  ['not_awake', ({ awake }) => !awake],
  ['command_only', ({ addressing }) => addressing === 'never'],
  ['nobody_there', ({ heardHumans }) => heardHumans === 0],
  ['music_playing', ({ musicPlays }) => musicPlays],
  ['turn_under_way', ({ answering }) => answering],
  ['somebody_speaks', ({ listening }) => listening],
  ['not_quiet_long', ({ quietSince }, nowMs) => nowMs - quietSince < minSilenceMs],
  ['tried_lately', ({ triedAt }, nowMs) => nowMs - triedAt < minBetweenMs],
];

/** The first gate that is closed; null: the agent may try. Pure. */
export const thoughtGateOf = (situation: ThoughtSituation, nowMs: number): ThoughtGate | null =>
  rules.find(([, isClosed]) => isClosed(situation, nowMs))?.[0] ?? null;
