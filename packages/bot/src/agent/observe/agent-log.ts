import type { TurnStage } from './turn-stage.ts';

/** One thing that was decided or done, for `parley why` and the page of a session. Never holds what was said. */
export type AgentLogEntry = {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Whom it is about; null: nobody. */
  readonly userId: string | null;
} & (
  | {
      readonly kind: 'decision';
      readonly data: { readonly about: string; readonly verdict: string; readonly captureId: string | null };
    }
  | { readonly kind: 'turn'; readonly data: TurnRecord }
  | { readonly kind: 'state'; readonly data: { readonly state: string; readonly reason: string | null } }
);

/** How an answer came to be; times are milliseconds after the person fell silent. */
export interface TurnRecord {
  readonly turnId: string;
  readonly speakers: readonly string[];
  readonly why: string;
  readonly stages: { readonly [S in TurnStage]?: number };
  /** Leading silence of the model's audio that was left out, ms. */
  readonly leadingSilenceMs: number | null;
  readonly heardMs: number;
  readonly outcome: 'heard' | 'cut' | 'withdrawn' | 'failed' | 'written' | 'silent';
}

/** Keeps entries. Must not throw. */
export type AgentLogSink = (entry: AgentLogEntry) => void;
