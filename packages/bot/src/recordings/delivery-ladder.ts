import type { GuildSettings } from '../config/guild-settings.ts';

/** The ways a finished mix can reach people, best first (03 §3, "Delivery"). */
export type Rung = 'attach' | 'attach_small' | 'link' | 'host';

/** The least a mono copy may have: below this speech is no longer pleasant. Bits a second. */
export const smallestBitrate = 16_000;
/** Discord counts the whole request; this share of the limit is left for the file. */
const fileShare = 0.98;

export interface DeliveryFacts {
  readonly sizeBytes: number;
  readonly durationMs: number;
  /** What a message's attachments may have, bytes. */
  readonly limitBytes: number;
  readonly hasPublicUrl: boolean;
}

/** The rungs to try, in order: each is stepped on only when the ones before it failed. Without delivery there are none. */
export const deliveryLadder = (deliver: GuildSettings['deliver'], facts: DeliveryFacts): readonly Rung[] => {
  if (deliver === 'none') return [];
  const usable = Math.floor(facts.limitBytes * fileShare);
  const rungs: Rung[] = [];
  if (facts.sizeBytes <= usable) rungs.push('attach');
  else if ((facts.durationMs / 1000) * (smallestBitrate / 8) <= usable) rungs.push('attach_small');
  if (facts.hasPublicUrl) rungs.push('link');
  rungs.push('host');
  return rungs;
};
