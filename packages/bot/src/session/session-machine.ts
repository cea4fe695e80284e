import type { SessionEndReason } from '../notify/session-end-reason.ts';

/** The life of a session (04, "Session life"). */
export type SessionState =
  | { readonly phase: 'reserving' }
  | { readonly phase: 'starting' }
  | { readonly phase: 'live'; readonly mode: 'active' | 'paused' }
  | { readonly phase: 'ending'; readonly reason: SessionEndReason; readonly wasLive: boolean }
  | { readonly phase: 'ended'; readonly reason: SessionEndReason };

export type SessionEvent =
  /** A slot is leased; the child boots. */
  | { readonly type: 'leased' }
  /** Joined, noticed, recording. */
  | { readonly type: 'started' }
  | { readonly type: 'paused' }
  | { readonly type: 'resumed' }
  | { readonly type: 'end'; readonly reason: SessionEndReason }
  /** Everything was closed. */
  | { readonly type: 'closed' };

/** What the session does upon a transition; `unwind` is the end of a session nobody ever heard of. */
export type SessionEffect = 'announce_start' | 'close' | 'unwind' | 'announce_end';

export interface Transition {
  readonly state: SessionState;
  readonly effects: readonly SessionEffect[];
}

const stay = (state: SessionState): Transition => ({ state, effects: [] });

/** The next state and what to do. Events that make no sense in a state change nothing; the first reason to end wins. */
export const transition = (state: SessionState, event: SessionEvent): Transition => {
  if (event.type === 'end') {
    if (state.phase === 'ending' || state.phase === 'ended') return stay(state);
    const wasLive = state.phase === 'live';
    return { state: { phase: 'ending', reason: event.reason, wasLive }, effects: [wasLive ? 'close' : 'unwind'] };
  }
  switch (state.phase) {
    case 'reserving':
      return event.type === 'leased' ? { state: { phase: 'starting' }, effects: [] } : stay(state);
    case 'starting':
      return event.type === 'started'
        ? { state: { phase: 'live', mode: 'active' }, effects: ['announce_start'] }
        : stay(state);
    case 'live':
      if (event.type === 'paused') return stay(state.mode === 'paused' ? state : { phase: 'live', mode: 'paused' });
      if (event.type === 'resumed') return stay(state.mode === 'active' ? state : { phase: 'live', mode: 'active' });
      return stay(state);
    case 'ending':
      return event.type === 'closed'
        ? { state: { phase: 'ended', reason: state.reason }, effects: state.wasLive ? ['announce_end'] : [] }
        : stay(state);
    case 'ended':
      return stay(state);
  }
};
