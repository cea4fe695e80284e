import type { SimChannel } from './channel.ts';
import type { SimGuild } from './guild.ts';
import type { SimMember } from './member.ts';
import type { SimMessage } from './message.ts';
import type { SimRole } from './role.ts';
import type { VoiceState } from './voice-state.ts';

/** What happens in the simulated Discord; the gateway tells its clients those they asked for. */
export type WorldEvent =
  | { readonly type: 'message_created' | 'message_updated' | 'message_deleted'; readonly message: SimMessage }
  | { readonly type: 'member_added' | 'member_updated' | 'member_removed'; readonly member: SimMember }
  | { readonly type: 'channel_created' | 'channel_updated' | 'channel_deleted'; readonly channel: SimChannel }
  | { readonly type: 'guild_created' | 'guild_updated' | 'guild_deleted'; readonly guild: SimGuild }
  | { readonly type: 'role_created' | 'role_updated'; readonly guild: SimGuild; readonly role: SimRole }
  | {
      readonly type: 'voice_state';
      readonly member: SimMember;
      /** Null channel: gone. */
      readonly state: VoiceState | (Omit<VoiceState, 'channelId'> & { readonly channelId: null });
    }
  | {
      /** Meant for the bot alone: where its voice session goes on. */
      readonly type: 'voice_server';
      readonly guild: SimGuild;
      readonly token: string;
      readonly endpoint: string | null;
    }
  | { readonly type: 'interaction'; readonly payload: object }
  | { readonly type: 'voice_channel_status'; readonly channel: SimChannel };
