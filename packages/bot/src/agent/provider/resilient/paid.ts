import type { ProviderUsage } from '../provider-event.ts';

/** Something that costs money and that no response outside tells of. */
export type Paid =
  /** A socket was open for so long since that was told last. */
  | { readonly kind: 'open_time'; readonly ms: number }
  /** A response that was given up, or asked for again, before anything of it was told. */
  | { readonly kind: 'usage'; readonly usage: ProviderUsage };

/** How often open time is told while a socket is open, ms. */
export const toldEveryMs = 10_000;

/** Whether anything was paid for. */
export const costs = (usage: ProviderUsage): boolean => Object.values(usage).some((count) => count > 0);
