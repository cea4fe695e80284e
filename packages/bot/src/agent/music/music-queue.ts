import type { MusicTrouble, Track } from './track.ts';

/** Pieces that wait at the same time. */
export const mostQueued = 50;
/** So many pieces in a row that cannot be played are the end: what is wrong is not the piece. */
export const mostFailures = 3;

/** What plays, by the words of the audio process alone. `stopping`: it fades away, and nothing follows. */
export type MusicState =
  | { readonly phase: 'idle'; readonly queue: readonly []; readonly failures: 0 }
  | {
      readonly phase: 'loading' | 'playing' | 'paused' | 'stopping';
      readonly musicId: string;
      readonly track: Track;
      /** What comes after it. */
      readonly queue: readonly Track[];
      /** Pieces before it that could not be played, in a row. */
      readonly failures: number;
    };

export type MusicEvent =
  /** `now`: in place of what plays · `next`: after it · `last`: after everything. `musicId` is for it, should it begin. */
  | {
      readonly type: 'wanted';
      readonly track: Track;
      readonly where: 'now' | 'next' | 'last';
      readonly musicId: string;
    }
  | { readonly type: 'skipped'; readonly musicId: string }
  | { readonly type: 'stopped' }
  /** What the audio process tells; `next` is the id for what follows. */
  | { readonly type: 'told'; readonly musicId: string; readonly state: 'loading' | 'playing' | 'paused' }
  | { readonly type: 'over'; readonly musicId: string; readonly next: string; readonly failure: MusicTrouble | null }
  /** The audio process is gone, and its music with it. */
  | { readonly type: 'lost' };

export type MusicEffect =
  | { readonly type: 'play'; readonly musicId: string; readonly track: Track }
  | { readonly type: 'stop' }
  | { readonly type: 'failed'; readonly track: Track; readonly trouble: MusicTrouble; readonly next: Track | null };

export interface MusicStep {
  readonly state: MusicState;
  readonly effects: readonly MusicEffect[];
}

export const noMusic: MusicState = { phase: 'idle', queue: [], failures: 0 };

/** Whether people hear music, or are about to. */
export const isSounding = ({ phase }: MusicState): boolean => phase === 'loading' || phase === 'playing';

/** Whether one more piece fits. */
export const hasRoom = ({ queue }: MusicState): boolean => queue.length < mostQueued;

const begin = (musicId: string, track: Track, queue: readonly Track[], failures = 0): MusicStep => ({
  state: { phase: 'loading', musicId, track, queue, failures },
  effects: [{ type: 'play', musicId, track }],
});

const unchanged = (state: MusicState): MusicStep => ({ state, effects: [] });

/** The next state and what is to be done. Pure. */
export const stepMusic = (state: MusicState, event: MusicEvent): MusicStep => {
  switch (event.type) {
    case 'wanted':
      return wanted(state, event);
    case 'skipped': {
      if (state.phase === 'idle' || state.phase === 'stopping') return unchanged(state);
      const [next, ...queue] = state.queue;
      // What begins takes the place of what plays, in the audio process too.
      if (next) return begin(event.musicId, next, queue);
      return { state: { ...state, phase: 'stopping', queue: [] }, effects: [{ type: 'stop' }] };
    }
    case 'stopped':
      if (state.phase === 'idle' || state.phase === 'stopping') return unchanged(state);
      return { state: { ...state, phase: 'stopping', queue: [] }, effects: [{ type: 'stop' }] };
    case 'told':
      if (state.phase === 'idle' || state.phase === 'stopping' || state.musicId !== event.musicId)
        return unchanged(state);
      return unchanged({ ...state, phase: event.state, failures: event.state === 'playing' ? 0 : state.failures });
    case 'over':
      return over(state, event);
    case 'lost':
      if (state.phase === 'idle') return unchanged(state);
      return { state: noMusic, effects: [{ type: 'failed', track: state.track, trouble: 'lost', next: null }] };
  }
};

const wanted = (state: MusicState, { track, where, musicId }: Extract<MusicEvent, { type: 'wanted' }>): MusicStep => {
  if (state.phase === 'idle') return begin(musicId, track, []);
  // What fades away makes room at once.
  if (state.phase === 'stopping') return begin(musicId, track, state.queue);
  if (where === 'now') return begin(musicId, track, state.queue);
  if (!hasRoom(state)) return unchanged(state);
  return unchanged({ ...state, queue: where === 'next' ? [track, ...state.queue] : [...state.queue, track] });
};

const over = (state: MusicState, event: Extract<MusicEvent, { type: 'over' }>): MusicStep => {
  // One that was replaced ends late: it is no news.
  if (state.phase === 'idle' || state.musicId !== event.musicId) return unchanged(state);
  const { failure } = event;
  const failures = failure === null ? 0 : state.failures + 1;
  const isHopeless = failures >= mostFailures || state.phase === 'stopping';
  const [next = null, ...queue] = isHopeless ? [] : state.queue;
  const told: MusicEffect[] = failure === null ? [] : [{ type: 'failed', track: state.track, trouble: failure, next }];
  if (next === null) return { state: noMusic, effects: told };
  const { state: begun, effects } = begin(event.next, next, queue, failures);
  return { state: begun, effects: [...told, ...effects] };
};
