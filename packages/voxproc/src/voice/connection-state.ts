import type { VoiceEndReason } from '@parley/protocol';

/** Bounds of reconnecting, milliseconds (03-recording §1.8). */
export const connectionRules = {
  /** From our voice state update to the voice server's name. */
  signalMs: 5000,
  /** From the voice server's name to ready. */
  connectMs: 10_000,
  /** A resume of the socket by the library. */
  resumeMs: 10_000,
  /** After 4014 and 4022 for our own voice state. */
  judgeMs: 5000,
  /** After 4021 before the one retry. */
  tooManyMs: 10_000,
  /** For our own voice state after leaving on purpose. */
  clearMs: 3000,
  firstBackoffMs: 1000,
  maxBackoffMs: 16_000,
  /** Ready for that long: the next loss is a first one again, and is answered at once. */
  stableMs: 30_000,
  /** Nothing helped for that long: the connection is given up. */
  giveUpMs: 300_000,
} as const;

/** One stretch without a ready connection. */
export interface Outage {
  readonly sinceMs: number;
  /** Voice sessions asked for so far. */
  readonly attempts: number;
  /** The retry after 4021 has been used up. */
  readonly retried: boolean;
  /** On the way to another channel because it was asked for, while the connection to this one is still up. */
  readonly home?: string;
  readonly code?: number;
}

/**
 * The voice connection as voxproc sees it. `channelId` is where it belongs. Only these states exist; the resources that belong to
 * each (timers by `deadlineMs`, the library's networking) are the driver's, who acts on the effects.
 */
export type ConnectionState =
  | { readonly name: 'idle' }
  /** A voice state update was sent, or the server is expected to name itself unasked. */
  | { readonly name: 'signalling'; readonly channelId: string; readonly outage: Outage; readonly deadlineMs: number }
  | { readonly name: 'connecting'; readonly channelId: string; readonly outage: Outage; readonly deadlineMs: number }
  /** `flaps`: attempts of the outage before, kept until the connection has proved stable. */
  | { readonly name: 'ready'; readonly channelId: string; readonly sinceMs: number; readonly flaps: number }
  | { readonly name: 'resuming'; readonly channelId: string; readonly outage: Outage; readonly deadlineMs: number }
  /** Closed with 4014 or 4022: removed or moved, our voice state will tell. */
  | { readonly name: 'judging'; readonly channelId: string; readonly outage: Outage; readonly deadlineMs: number }
  /** Backing off. `clear`: the server did not react to a plain update, so leave first. */
  | {
      readonly name: 'waiting';
      readonly channelId: string;
      readonly outage: Outage;
      readonly deadlineMs: number;
      readonly clear: boolean;
    }
  /** Left on purpose, to come back with a fresh voice session. */
  | { readonly name: 'clearing'; readonly channelId: string; readonly outage: Outage; readonly deadlineMs: number }
  | { readonly name: 'ended'; readonly reason: VoiceEndReason; readonly code?: number };

export type ConnectionEvent =
  | { readonly type: 'join'; readonly channelId: string }
  /** The supervisor wants another channel. */
  | { readonly type: 'move'; readonly channelId: string }
  /** The watchdog does not trust the connection. */
  | { readonly type: 'rejoin' }
  | { readonly type: 'leave' }
  /** The library has a voice server and connects to it. */
  | { readonly type: 'networking' }
  | { readonly type: 'networking_ready' }
  | { readonly type: 'networking_resuming' }
  | { readonly type: 'closed'; readonly code: number }
  /** The voice server went away; another will be named. */
  | { readonly type: 'endpoint_gone' }
  /** Our own voice state, from the main gateway. */
  | { readonly type: 'voice_state'; readonly channelId: string | null }
  /** The main gateway was away and is there again: resumed, with all that was missed told, or with a new session. */
  | { readonly type: 'gateway_back' }
  | { readonly type: 'tick' };

export type ConnectionEffect =
  /** Ask the main gateway for a channel, or (null) to leave. */
  | { readonly do: 'signal'; readonly channelId: string | null }
  /** Audio may be missing from here on. */
  | { readonly do: 'lost'; readonly cause: 'closed' | 'resuming' | 'server_changed' | 'distrusted' | 'asked' }
  | {
      readonly do: 'report';
      readonly state: 'connecting' | 'ready' | 'reconnecting' | 'moved';
      readonly attempt?: number;
      readonly code?: number;
    }
  | { readonly do: 'ended'; readonly reason: VoiceEndReason; readonly code?: number }
  /** Close the socket that is not trusted any more. */
  | { readonly do: 'drop' };

export interface Transition {
  readonly state: ConnectionState;
  readonly effects: readonly ConnectionEffect[];
}
