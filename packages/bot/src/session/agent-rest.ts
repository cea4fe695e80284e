/** When an agent goes to rest although people stay: its longest time awake, and how long nobody may need it. Milliseconds. */
export interface AgentRestLimits {
  readonly awakeMs: number;
  readonly inactivityMs: number;
}

const minute = 60_000;

/** Default and range of each limit. */
export const agentRestRanges = {
  awakeMs: { default: 30 * minute, min: minute, max: 120 * minute },
  inactivityMs: { default: 300_000, min: 20_000, max: 3_600_000 },
} as const satisfies Record<keyof AgentRestLimits, { default: number; min: number; max: number }>;

/** How long before the longest time awake the agent is warned, milliseconds. */
export const restWarningsMs = [120_000, 45_000] as const;

/** Why an agent rests. */
export const agentRestCauses = {
  awake_too_long: 'it was awake for as long as it may be',
  inactive: 'nobody has spoken for a while',
  budget_exhausted: 'it has spent what it may',
  commanded: 'somebody sent it to rest',
} as const satisfies Record<string, string>;
export type AgentRestCause = keyof typeof agentRestCauses;

/** Times are of one monotonic clock, milliseconds. */
export type AgentRestState =
  | {
      readonly phase: 'awake';
      readonly wokenAt: number;
      /** Speech, or the end of music. */
      readonly activeAt: number;
      readonly music: boolean;
      /** The warnings given. */
      readonly warned: readonly number[];
    }
  | { readonly phase: 'resting'; readonly cause: AgentRestCause };

export type AgentRestEvent =
  /** Called by name, or at the start. */
  | { readonly type: 'woken' }
  /** Somebody speaks, the agent included. */
  | { readonly type: 'speech' }
  | { readonly type: 'music'; readonly on: boolean }
  /** It has to rest now. */
  | { readonly type: 'sent'; readonly cause: 'budget_exhausted' | 'commanded' }
  /** Nothing happened: time went on. */
  | { readonly type: 'tick' };

export type AgentRestEffect =
  | { readonly type: 'warn'; readonly remainingMs: number }
  /** The agent's sockets are closed; the recording goes on. */
  | { readonly type: 'rest'; readonly cause: AgentRestCause };

export interface AgentRestStep {
  readonly state: AgentRestState;
  readonly effects: readonly AgentRestEffect[];
}

type Awake = Extract<AgentRestState, { phase: 'awake' }>;

const awakeSince = (nowMs: number): Awake => ({
  ...{ phase: 'awake', wokenAt: nowMs, activeAt: nowMs },
  music: false,
  warned: [],
});

/** An agent that wakes at `nowMs`. */
export const awake = (nowMs: number): AgentRestState => awakeSince(nowMs);

const restsAt = (state: Awake, { awakeMs, inactivityMs }: AgentRestLimits) => ({
  awake_too_long: state.wokenAt + awakeMs,
  inactive: state.music ? Number.POSITIVE_INFINITY : state.activeAt + inactivityMs,
});

const heard = (state: Awake, event: AgentRestEvent, nowMs: number): Awake => {
  if (event.type === 'speech') return { ...state, activeAt: nowMs };
  if (event.type === 'music' && event.on !== state.music) return { ...state, music: event.on, activeAt: nowMs };
  return state;
};

const resting = (cause: AgentRestCause): AgentRestStep => ({
  state: { phase: 'resting', cause },
  effects: [{ type: 'rest', cause }],
});

/**
 * The next state at `nowMs` and what is to be done. Time is accounted for first: an event that comes when the agent should rest already
 * finds it resting. Music defers the inactivity for as long as it plays, never the longest time awake. Pure.
 */
export const stepAgentRest = (
  state: AgentRestState,
  event: AgentRestEvent,
  nowMs: number,
  limits: AgentRestLimits,
): AgentRestStep => {
  if (state.phase === 'resting') {
    if (event.type === 'woken') return { state: awake(nowMs), effects: [] };
    // Whoever sends it to rest wants more than that it rests: it is not to listen for its name either.
    const isDeeper = event.type === 'sent' && event.cause === 'commanded' && state.cause !== 'commanded';
    return isDeeper ? resting('commanded') : { state, effects: [] };
  }
  if (event.type === 'woken') return { state: { ...awakeSince(nowMs), music: state.music }, effects: [] };
  if (event.type === 'sent') return resting(event.cause);
  const { awake_too_long, inactive } = restsAt(state, limits);
  const due = Math.min(awake_too_long, inactive);
  if (nowMs >= due) {
    const cause = inactive < awake_too_long ? 'inactive' : 'awake_too_long';
    return resting(cause);
  }
  const near = restWarningsMs.filter(
    (ms) => limits.awakeMs > ms && nowMs >= awake_too_long - ms && !state.warned.includes(ms),
  );
  const next = { ...heard(state, event, nowMs), warned: [...state.warned, ...near] };
  // Two that are due at once, after a stall, are one: the nearer.
  const remainingMs = near.at(-1);
  return { state: next, effects: remainingMs === undefined ? [] : [{ type: 'warn', remainingMs }] };
};

/** When `tick` is to be given at the latest; null while the agent rests. */
export const agentRestDueAt = (state: AgentRestState, limits: AgentRestLimits): number | null => {
  if (state.phase === 'resting') return null;
  const { awake_too_long, inactive } = restsAt(state, limits);
  const warnings = restWarningsMs.filter((ms) => limits.awakeMs > ms && !state.warned.includes(ms));
  return Math.min(awake_too_long, inactive, ...warnings.map((ms) => awake_too_long - ms));
};
