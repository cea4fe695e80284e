import type { Clock } from '@parley/protocol';
import { z } from 'zod';
import type { Logger } from '../../../log.ts';
import type { LeaveOutcome } from '../../../session/join/join-coordinator.ts';
import type { Session } from '../../../session/session.ts';
import { defineTool, type Tool } from '../tool.ts';
import type { ToolRoom } from './tool-room.ts';

/** The agent has finished when it has said nothing for so long; between two looks. Milliseconds. */
const quietMs = 600;
const lookMs = 200;
/** Whoever talks and talks leaves all the same, milliseconds. */
const longestMs = 20_000;

export interface LeaveServices {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly leave: (guildId: string, userId: string) => Promise<LeaveOutcome>;
}

/** Ends the session in the name of who asked for it, when the agent has finished speaking. */
export const leaveChannel = (room: ToolRoom, services: LeaveServices): Tool =>
  defineTool({
    name: 'leave_channel',
    says: 'Ends the recording and leaves the voice channel. Only when somebody clearly asks for it; say goodbye before you call it.',
    args: z.strictObject({}),
    right: 'control',
    // What it had to say it has said.
    continues: false,
    run: async (_, { speakers }) => {
      const [userId = ''] = speakers;
      leaveWhenQuiet(room.live(), userId, services);
      return 'I leave as soon as I have finished speaking.';
    },
  });

const leaveWhenQuiet = (session: Session, userId: string, { clock, logger, leave }: LeaveServices): void => {
  const { guildId } = session.info;
  let quiet = 0;
  let waited = 0;
  const look = clock.setInterval(() => {
    waited += lookMs;
    quiet = session.agent.client?.state.speaking === true ? 0 : quiet + lookMs;
    if (session.isLive && quiet < quietMs && waited < longestMs) return;
    look[Symbol.dispose]();
    if (!session.isLive) return;
    leave(guildId, userId).then(
      ({ kind }) => logger.info({ guildId, userId, outcome: kind }, 'the agent was asked to leave'),
      (error: unknown) => logger.warn({ guildId, err: error }, 'the agent could not leave'),
    );
  }, lookMs);
};
