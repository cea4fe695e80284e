import type { JoinContext } from '../../policy/join-context.ts';
import type { VoiceChannelView } from '../discord-port.ts';
import type { Session } from '../session.ts';
import type { SessionServices } from '../session-services.ts';
import type { JoinRequest } from './join-request.ts';
import type { Slots } from './slots.ts';

const dayMs = 86_400_000;

export interface GatheredJoin {
  readonly ctx: JoinContext;
  readonly target: VoiceChannelView | null;
}

/**
 * All the join rules look at, as it is now.
 * @throws StoreError when the database cannot be read; what the agent's readiness cannot be told for.
 */
export const gatherJoinContext = async (
  services: Pick<SessionServices, 'discord' | 'store' | 'settings' | 'clock' | 'agents'>,
  slots: Slots,
  live: Session | null,
  { guildId, userId }: Pick<JoinRequest, 'guildId' | 'userId'>,
): Promise<GatheredJoin> => {
  const { discord, store, settings, clock } = services;
  const [guildSettings, startedLastDay] = await Promise.all([
    store.guildSettings.get(guildId),
    store.actions.countSince(guildId, 'voice_session_start', clock.now() - dayMs),
  ]);
  const agent = (await services.agents?.readiness(guildId, guildSettings)) ?? null;
  const requester = discord.requester(guildId, userId) ?? {
    id: userId,
    roleIds: [],
    canManageGuild: false,
    voiceChannelId: null,
  };
  const target = requester.voiceChannelId === null ? null : discord.channel(guildId, requester.voiceChannelId);
  return {
    target,
    ctx: {
      settings,
      guildSettings,
      botUserId: discord.botUserId,
      requester,
      target,
      live,
      startedLastDay,
      agent,
      activeOrPendingSessions: slots.inUseByOthers(guildId),
      // Where recording is switched off, it stays off in another channel.
      willRecord: live === null || live.recording.current !== null,
    },
  };
};
