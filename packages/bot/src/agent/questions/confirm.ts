import type { Session } from '../../session/session.ts';
import type { ChannelQuestions } from './channel-questions.ts';

/** How long somebody may think about a yes, milliseconds. */
export const confirmMs = 60_000;

/** Asks the speakers, in the session's text channel, whether something may be done. @returns whether one of them said yes in time */
export const confirm = async (
  questions: Pick<ChannelQuestions, 'ask'>,
  { announcer }: { readonly announcer: Pick<Session['announcer'], 'post' | 'textChannelId'> },
  text: string,
  speakers: readonly string[],
  signal: AbortSignal,
): Promise<boolean> => {
  const outcome = await questions.ask({
    ...{ textChannelId: announcer.textChannelId, text, userIds: speakers, timeoutMs: confirmMs, signal },
    choices: [
      { label: 'Yes', style: 'red' },
      { label: 'No', style: 'grey' },
    ],
    post: (message) => announcer.post(message),
  });
  return outcome.kind === 'chosen' && outcome.index === 0;
};
