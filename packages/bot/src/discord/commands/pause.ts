import type { UserMessage } from '../../notify/index.ts';
import { pauseRecording, resumeRecording, type SwitchOutcome } from '../../session/recording/recording-switch.ts';
import type { Session } from '../../session/session.ts';
import { type Command, defineCommand } from './command.ts';

type Said = 'paused' | 'resumed' | 'already_paused' | 'not_paused' | 'not_recording';

const pausing = (
  name: 'pause' | 'resume',
  says: string,
  act: (session: Session) => Promise<SwitchOutcome>,
  said: Readonly<Record<SwitchOutcome, Said>>,
): Command =>
  defineCommand({
    name,
    says,
    options: {},
    may: 'in_session',
    run: async ({ guildId, userId }, { coordinator, settings: { prefix } }) => {
      const message = await coordinator.withSession(guildId, async (session): Promise<UserMessage> => {
        const outcome = said[await act(session)];
        const { announcer, channelId } = session;
        const changed: UserMessage = { kind: 'recording_control', details: { outcome, channelId, userId, prefix } };
        if (outcome === 'paused' || outcome === 'resumed') announcer.happened(changed);
        return changed;
      });
      return message ?? { kind: 'command_refused', details: { reason: 'no_session', name, prefix } };
    },
  });

export const pause = pausing('pause', 'store nothing until it is resumed', pauseRecording, {
  done: 'paused',
  unchanged: 'already_paused',
  not_recording: 'not_recording',
});

export const resume = pausing('resume', 'go on with a paused recording', resumeRecording, {
  done: 'resumed',
  unchanged: 'not_paused',
  not_recording: 'not_recording',
});
