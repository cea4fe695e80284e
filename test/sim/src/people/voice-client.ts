import type { VoiceDirector } from '../voice/director.ts';
import type { SimChannel } from '../world/channel.ts';
import type { SimMember } from '../world/member.ts';
import type { VoiceState } from '../world/voice-state.ts';

/** What a voice library needs to connect on its own, named as Discord names it. */
export interface VoiceCredentials {
  readonly endpoint: string;
  readonly token: string;
  readonly session_id: string;
  readonly user_id: string;
  readonly channel_id: string;
  readonly guild_id: string;
}

/** A member whose voice is played by a real client over the network, not by the simulator. */
export class SimVoiceClient {
  readonly member: SimMember;
  readonly #voice: VoiceDirector;

  constructor(member: SimMember, voice: VoiceDirector) {
    this.member = member;
    this.#voice = voice;
  }

  get userId(): string {
    return this.member.userId;
  }

  get voiceState(): VoiceState | null {
    return this.member.guild.voiceStates.get(this.userId) ?? null;
  }

  /** Enters the channel and returns what the client connects with. */
  join(channel: SimChannel): VoiceCredentials {
    const { token, sessionId, endpoint } = this.#voice.issueTicket(this.member, channel);
    return {
      endpoint,
      token,
      session_id: sessionId,
      user_id: this.userId,
      channel_id: channel.id,
      guild_id: this.member.guild.id,
    };
  }

  leave(): void {
    this.#voice.leave(this.member);
  }
}
