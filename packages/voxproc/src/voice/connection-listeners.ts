import type { VoiceEndReason } from '@parley/protocol';
import type { ConnectionEffect } from './connection-state.ts';

/** What `connection.state` tells the supervisor. */
export interface ConnectionReport {
  readonly state: 'connecting' | 'ready' | 'reconnecting' | 'moved' | 'ended';
  readonly reason?: VoiceEndReason;
  readonly code?: number;
  readonly attempt?: number;
  readonly channelId?: string;
  readonly detail?: string;
}

export type LossCause = Extract<ConnectionEffect, { do: 'lost' }>['cause'];

export interface ConnectionListeners {
  report(report: ConnectionReport): void;
  /** Audio may be missing since `sinceUs` (CLOCK_MONOTONIC): the last audio, or the last sign of life after it. */
  lost(cause: LossCause, sinceUs: number): void;
  /** Ready again. `resumed`: the same voice session went on, nothing was missing. */
  ready(resumed: boolean): void;
  /** Whether what arrives can be opened now; told when it changes. */
  keys(ready: boolean): void;
  /** Another voice server: SSRCs and keys are new. */
  newServer(): void;
  spoke(userId: string): void;
  left(userId: string): void;
  /** The DAVE version in force was told, again perhaps; 0: not end-to-end encrypted. */
  encryption(version: number): void;
  heldBack(): void;
  error(error: Error): void;
}
