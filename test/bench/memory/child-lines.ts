import type { RecordingSummary } from '@parley/protocol';

/** What the child is told on its command line. */
export interface ChildOrders {
  readonly speed: number;
  readonly folder: string;
  readonly senderPort: number;
  readonly people: readonly { readonly userId: string; readonly ssrc: number }[];
}

/** A size, taken once a simulated minute. */
export interface SizeLine {
  readonly minutes: number;
  readonly rssMegabytes: number;
  readonly received: number;
  readonly written: number;
  readonly lost: number;
}

export type ChildLine =
  | { readonly port: number; readonly rssMegabytes: number }
  | SizeLine
  | { readonly summary: RecordingSummary };
