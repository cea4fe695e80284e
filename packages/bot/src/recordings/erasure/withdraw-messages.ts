import type { Logger } from '../../log.ts';
import { shortError } from '../../policy/denial.ts';
import type { DiscordPort } from '../../session/discord-port.ts';
import type { Store } from '../../store/index.ts';

/**
 * Deletes the messages of the bot that hold the voice of somebody who was erased. One that Discord does not delete now is tried again
 * with the next erasure run. @returns how many went, how many did not, and why the last of those did not @throws StoreError
 */
export const withdrawMessages = async ({
  store,
  discord,
  logger,
}: {
  readonly store: Pick<Store, 'deliveries'>;
  readonly discord: Pick<DiscordPort, 'deleteMessage'>;
  readonly logger: Logger;
}): Promise<{ withdrawn: number; failed: number; reason: string | null }> => {
  let withdrawn = 0;
  let failed = 0;
  let reason: string | null = null;
  for (const { channelId, messageId, recordingSessionId } of await store.deliveries.doomed()) {
    try {
      await discord.deleteMessage(channelId, messageId);
      await store.deliveries.withdrawn(channelId, messageId);
      withdrawn += 1;
    } catch (error) {
      failed += 1;
      reason = shortError(error);
      logger.warn(
        { channelId, messageId, recordingSessionId, reason },
        'a message with a voice that was erased could not be deleted',
      );
    }
  }
  return { withdrawn, failed, reason };
};
