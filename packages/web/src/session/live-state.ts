import type { ApiGap, ApiLiveEvent } from '@parley/protocol/api';

type StateEvent = Extract<ApiLiveEvent, { type: 'state' }>;
type Note = Extract<ApiLiveEvent, { type: 'note' }>['note'];
type Spoke = Omit<Extract<ApiLiveEvent, { type: 'spoke' }>, 'type'>;

/** What is known of a running recording. */
export interface LiveState {
  readonly now: StateEvent | null;
  /** The last stretches of speech, oldest first. */
  readonly spoke: readonly Spoke[];
  readonly notes: readonly Note[];
  readonly gaps: readonly ApiGap[];
  readonly ended: boolean;
}

export const liveBeginning: LiveState = { now: null, spoke: [], notes: [], gaps: [], ended: false };

/** How far back the strip of a live page shows, milliseconds. */
export const liveStripMs = 120_000;

/** The state after an event. Pure. */
export const afterLiveEvent = (state: LiveState, event: ApiLiveEvent): LiveState => {
  switch (event.type) {
    case 'state': {
      const oldest = event.elapsedMs - liveStripMs;
      return { ...state, now: event, spoke: state.spoke.filter(({ toMs }) => toMs >= oldest) };
    }
    case 'spoke':
      return { ...state, spoke: [...state.spoke, { userId: event.userId, fromMs: event.fromMs, toMs: event.toMs }] };
    case 'note':
      return { ...state, notes: [...state.notes, event.note] };
    case 'gap':
      return { ...state, gaps: [...state.gaps, event.gap] };
    case 'ended':
      return { ...state, ended: true };
  }
};
