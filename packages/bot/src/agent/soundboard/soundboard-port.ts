/** A sound of a soundboard. */
export interface Sound {
  readonly id: string;
  readonly name: string;
  /** Whose it is; null: Discord's own, which every server has. */
  readonly guildId: string | null;
}

/** What Discord lets the bot do with sounds in a voice channel. */
export interface SoundRights {
  readonly speak: boolean;
  readonly useSoundboard: boolean;
  readonly useExternalSounds: boolean;
  /** The channel Discord shows it in. */
  readonly inChannelId: string | null;
  /** By itself, a moderator, or as the audience of a stage: Discord then refuses sounds. */
  readonly mutedOrDeaf: boolean;
}

/** Why it cannot be known what the bot may do. */
export type RightsUnknown = 'guild_missing' | 'channel_missing' | 'bot_member_missing';

/** All that soundboards need of Discord. Promises reject with what the library says. */
export interface SoundboardPort {
  /** A guild's sounds that can be played now. */
  ofGuild(guildId: string): Promise<readonly Sound[]>;
  /** Discord's own. */
  defaults(): Promise<readonly Sound[]>;
  rights(guildId: string, channelId: string): SoundRights | RightsUnknown;
  /** Plays a sound in the channel the bot is in. */
  play(channelId: string, sound: Sound): Promise<void>;
}
