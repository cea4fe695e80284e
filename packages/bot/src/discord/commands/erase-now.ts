import type { UserMessage } from '../../notify/index.ts';
import { shortError } from '../../policy/denial.ts';
import type { ErasureWish } from '../../recordings/erasure/eraser.ts';
import type { CommandServices } from './command.ts';

/** An answer waits this long for an erasure, milliseconds; one that takes longer goes on by itself. */
const answerWithinMs = 20_000;

/** Erases a person, and says how far that has come. `about`: who was erased, null when it is who asked. Never throws. */
export const erase = async (
  wish: ErasureWish,
  { eraser, clock, background, logger }: Pick<CommandServices, 'eraser' | 'clock' | 'background' | 'logger'>,
  about: string | null = null,
): Promise<UserMessage> => {
  const work = eraser.erase(wish);
  const late = Promise.withResolvers<null>();
  using _timer = clock.setTimeout(() => late.resolve(null), answerWithinMs);
  try {
    const outcome = await Promise.race([work, late.promise]);
    if (outcome === null) {
      background.run('erasure', () => work);
      return { kind: 'forget_begun', details: { userId: about } };
    }
    const { recordings, running, messages, error } = outcome;
    return { kind: 'forget_done', details: { userId: about, recordings, running, messages, error } };
  } catch (error) {
    logger.error({ err: error }, 'an erasure could not be begun');
    return { kind: 'forget_failed', details: { error: shortError(error) } };
  }
};
