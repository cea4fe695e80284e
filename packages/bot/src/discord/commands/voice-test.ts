import { ProtocolError } from '@parley/protocol';
import { shortError } from '../../policy/denial.ts';
import { type CommandServices, defineCommand } from './command.ts';

/** How much of a person is listened to, milliseconds. */
const maxMs = 5000;

export const voiceTest = defineCommand({
  name: 'voice-test',
  says: 'say something, and hear what I heard of you; it is not kept',
  options: {},
  run: async ({ guildId, textChannelId, userId }, services) => {
    const { coordinator, discord, settings } = services;
    const { prefix } = settings;
    const refuse = (reason: 'not_in_channel' | 'not_recorded' | 'may_not_speak') =>
      ({ kind: 'voice_test_refused', details: { reason, prefix } }) as const;
    const session = coordinator.registry.of(guildId);
    if (!session?.isLive) {
      return { kind: 'command_refused', details: { reason: 'no_session', name: 'voice-test', prefix } };
    }
    const { membership, recorded } = session.people;
    if (!membership.isPresent(userId)) return refuse('not_in_channel');
    if (!recorded.yes.includes(userId)) return refuse('not_recorded');
    const channel = discord.channel(guildId, session.channelId);
    if (channel?.botPermissions?.speak === false) return refuse('may_not_speak');
    services.background.run('voice test', () => test(guildId, textChannelId, userId, services));
    return { kind: 'voice_test_listening', details: { userId, maxMs } };
  },
});

const test = async (
  guildId: string,
  textChannelId: string,
  userId: string,
  { coordinator, discord, logger, settings: { prefix } }: CommandServices,
): Promise<void> => {
  const session = coordinator.registry.of(guildId);
  if (!session) return;
  try {
    const result = await session.voxproc.request('voice.test', { userId, maxMs });
    logger.info({ guildId, userId, ...result }, 'voice test');
    await discord.post(textChannelId, { kind: 'voice_test_done', details: { userId, ...result } });
  } catch (error) {
    logger.warn({ guildId, userId, err: error }, 'the voice test did not work');
    const code = error instanceof ProtocolError ? error.code : null;
    if (code === 'aborted') return;
    if (code === 'busy') {
      await discord.post(textChannelId, { kind: 'voice_test_refused', details: { reason: 'busy', prefix } });
      return;
    }
    await discord.post(textChannelId, { kind: 'voice_test_failed', details: { userId, error: shortError(error) } });
  }
};
