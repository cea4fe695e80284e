import type { VoiceState } from '../world/voice-state.ts';
import type { VoiceServer } from './server.ts';

/** Leave to connect to a voice server: what VOICE_SERVER_UPDATE and VOICE_STATE_UPDATE told the client together. */
export interface VoiceTicket {
  readonly token: string;
  readonly guildId: string;
  readonly channelId: string;
  readonly userId: string;
  readonly sessionId: string;
  readonly server: VoiceServer;
  /** The user's voice state while it is still in that channel, else null. */
  voiceState(): VoiceState | null;
}
