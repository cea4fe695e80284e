/** Where a member is in voice, and how (reference: "Voice State Object"). */
export interface VoiceState {
  readonly userId: string;
  readonly guildId: string;
  readonly channelId: string;
  /** Of the gateway session that joined; the voice gateway asks for it. */
  readonly sessionId: string;
  readonly selfMute: boolean;
  readonly selfDeaf: boolean;
  /** Muted by the guild. */
  readonly mute: boolean;
  /** Deafened by the guild. */
  readonly deaf: boolean;
  /** In the audience of a stage. */
  readonly suppress: boolean;
  readonly selfStream: boolean;
  readonly selfVideo: boolean;
  readonly requestToSpeakAt: string | null;
}

export const canBeHeard = (state: VoiceState): boolean => !(state.mute || state.selfMute || state.suppress);
export const canHear = (state: VoiceState): boolean => !(state.deaf || state.selfDeaf);
