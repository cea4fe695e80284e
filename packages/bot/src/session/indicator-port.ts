import type { VoiceChannelView } from './discord-port.ts';

/** How people see, without having joined, that a channel is being recorded. */
export type IndicatorKind = 'nickname' | 'voice_status';

export interface IndicatorPort {
  /** Shows it for this channel; null when neither way works. Repeated calls move it along. */
  show(channel: VoiceChannelView): Promise<IndicatorKind | null>;
  /** Takes it back, as far as what Parley put there still stands. Never rejects. */
  restore(guildId: string): Promise<void>;
}
