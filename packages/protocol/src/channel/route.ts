import type { Lane } from '../catalogue/notifications.ts';

/** Where a frame goes while the stream takes no more. */
export type Route =
  | { readonly lane: 'control' }
  /** A newer frame of the same key may replace it. */
  | { readonly lane: 'coalesced'; readonly key: string }
  /** `ms`: how long its audio is; null for what is none and keeps its place behind the audio before it. */
  | { readonly lane: 'capture'; readonly userId: string; readonly ms: number | null }
  | { readonly lane: 'speech' };

/** What a payload may have that its way depends on. */
interface Routed {
  readonly userId?: string;
  readonly code?: string;
}

export const control: Route = { lane: 'control' };
const speech: Route = { lane: 'speech' };

/** The way of a notification. `audioMs`: how long its audio is, where it has some. */
export const routeOf = (name: string, lane: Lane, params: object, audioMs: number): Route => {
  const { userId = '', code = '' }: Routed = params;
  switch (lane) {
    case 'control':
      return control;
    case 'coalesced':
      return { lane, key: `${name} ${code} ${userId}` };
    case 'capture':
      return { lane, userId, ms: audioMs };
    case 'after_capture':
      return { lane: 'capture', userId, ms: null };
    case 'speech':
      return speech;
  }
};
