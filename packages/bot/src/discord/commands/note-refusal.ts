import type { UserMessage } from '../../notify/index.ts';
import { refusalReason } from '../../notify/refusal-reason.ts';
import type { CommandServices } from './command.ts';

/** Logs and counts a message that refuses something; any other is left alone. */
export const noteRefusal = (
  message: UserMessage,
  about: object,
  { metrics, logger }: Pick<CommandServices, 'metrics' | 'logger'>,
): void => {
  const reason = refusalReason(message);
  if (reason === null) return;
  metrics.refusals.inc({ reason });
  logger.info({ ...about, reason }, 'refused');
};
