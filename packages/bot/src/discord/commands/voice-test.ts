import { ProtocolError } from '@parley/protocol';
import type { UserMessage } from '../../notify/index.ts';
import { shortError } from '../../policy/denial.ts';
import { type CommandServices, defineCommand } from './command.ts';
import { noteRefusal } from './note-refusal.ts';

/** How much of a person is listened to, milliseconds. */
const maxMs = 5000;

export const voiceTest = defineCommand({
  name: 'voice-test',
  says: 'hear what I hear of you; it is not kept',
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
  services: CommandServices,
): Promise<void> => {
  const { coordinator, discord, logger, settings } = services;
  const session = coordinator.registry.of(guildId);
  if (!session) return;
  const say = async (message: UserMessage): Promise<void> => {
    noteRefusal(message, { guildId, userId, command: 'voice-test' }, services);
    await discord.post(textChannelId, message);
  };
  try {
    const result = await session.voxproc.request('voice.test', { userId, maxMs });
    logger.info({ guildId, userId, ...result }, 'voice test');
    await say({ kind: 'voice_test_done', details: { userId, ...result } });
  } catch (error) {
    logger.warn({ guildId, userId, err: error }, 'the voice test did not work');
    const code = error instanceof ProtocolError ? error.code : null;
    if (code === 'aborted') return;
    if (code === 'busy') {
      return await say({ kind: 'voice_test_refused', details: { reason: 'busy', prefix: settings.prefix } });
    }
    await say({ kind: 'voice_test_failed', details: { userId, error: shortError(error) } });
  }
};
