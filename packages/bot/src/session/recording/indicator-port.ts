import type { VoiceChannelView } from '../discord-port.ts';

/** How people see, without having joined, that a channel is being recorded. */
export type IndicatorKind = 'nickname' | 'voice_status';

export interface IndicatorPort {
  /**
   * Shows it for this channel; repeated calls move it along. null: neither way works. `when_inside`: only somebody in the channel can
   * show it there, so it is to be called again when the bot has come in, before anything is recorded.
   */
  show(channel: VoiceChannelView): Promise<IndicatorKind | 'when_inside' | null>;
  /** The bot is about to go out of its channel: takes back what can be taken back only from inside. Never rejects. */
  leaving(guildId: string): Promise<void>;
  /** Takes it back, as far as what Parley put there still stands. Never rejects. */
  restore(guildId: string): Promise<void>;
}
