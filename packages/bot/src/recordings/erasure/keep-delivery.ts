import type { Clock } from '@parley/protocol';
import type { Logger } from '../../log.ts';
import type { SentMessage } from '../../session/discord-port.ts';
import type { DeliveryRow, Store } from '../../store/index.ts';

/**
 * Remembers messages that hold voices of a recording, so that they can be taken back when somebody in it is erased. Where that cannot be
 * noted the recording is handed over all the same, and the operator sees it.
 */
export const keepDelivery =
  (store: Pick<Store, 'deliveries'>, clock: Pick<Clock, 'now'>, logger: Logger, kind: DeliveryRow['kind'] = 'mix') =>
  /** @param readAt when the file began to be read, epoch milliseconds @returns whether the message may stand */
  async (recordingSessionId: string, { channelId, id }: Pick<SentMessage, 'channelId' | 'id'>, readAt: number) => {
    try {
      const row = { channelId, messageId: id, recordingSessionId, kind, at: clock.now() };
      return await store.deliveries.posted(row, readAt);
    } catch (error) {
      logger.error({ err: error, recordingSessionId, messageId: id }, 'a message with voices could not be noted');
      return true;
    }
  };
