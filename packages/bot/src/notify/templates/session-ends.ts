import type { SessionEndReason } from '../session-end-reason.ts';
import type { MessageDetails } from '../user-message.ts';
import { channelName, command, duration } from '../words.ts';

type Ended = MessageDetails['session_ended'];

/** One text per reason a session ends for. */
const ends: Readonly<Record<SessionEndReason, (ended: Ended) => string>> = {
  requested: ({ channelId }) => `I have left ${channelName(channelId)}.`,
  max_duration: ({ durationMs, prefix }) =>
    `I have stopped: after ${duration(durationMs)} this recording has reached its longest time. Call me again with ${command(prefix, 'join')}.`,
  alone: ({ channelId }) => `I have left ${channelName(channelId)}: nobody else was there.`,
  trigger_gone: ({ channelId }) => `I have left ${channelName(channelId)}: nobody I came for is there any more.`,
  kicked: ({ channelId, prefix }) =>
    `I was disconnected from ${channelName(channelId)} by a moderator. Call me again with ${command(prefix, 'join')} if that was not meant.`,
  channel_deleted: () => 'The voice channel was deleted, so the session is over.',
  moved_to_disallowed: ({ channelId }) =>
    `I was moved out of ${channelName(channelId)} to a channel I may not record in, so I have left.`,
  settings_changed: () => 'The settings of this server changed and no longer allow this session, so I have left.',
  connection_lost: ({ channelId, prefix }) =>
    `I lost the voice connection to ${channelName(channelId)} and could not get it back. Try ${command(prefix, 'join')} again, or another region for the channel.`,
  switch_failed: ({ channelId, prefix }) =>
    `I could not record in another channel and could not go on in ${channelName(channelId)} either. Call me again with ${command(prefix, 'join')}.`,
  voxproc_failed: ({ prefix }) =>
    `The part of me that records failed again and again, so I have left. Try ${command(prefix, 'join')} again and tell the operator: the log has the details.`,
  disk_full: () =>
    'There is no space left to record, so I have stopped. The operator has to make room before the next recording.',
  folder_unwritable: () =>
    'I can no longer write to the recordings folder, so I have stopped. The operator finds the reason in the log.',
  shutdown: ({ prefix }) => `I am being shut down. Call me again with ${command(prefix, 'join')} when I am back.`,
};

const fate = ({ recorded, durationMs }: Ended): string =>
  recorded ? `The recording (${duration(durationMs)}) is safe and is being mixed.` : 'There is no recording of it.';

const offer = ({ channelId }: Ended): string =>
  ` Continue last session? For ten minutes the button does, for somebody who sits in ${channelName(channelId)}.`;

/** Why the session ended, what becomes of the recording, and whether it can go on. */
export const sessionEnded = (ended: Ended): string =>
  `${ends[ended.reason](ended)} ${fate(ended)}${ended.mayContinue ? offer(ended) : ''}`;
