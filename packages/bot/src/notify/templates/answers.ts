import type { MessageDetails } from '../user-message.ts';
import { channelName, command, duration, people, personName, quoted, size } from '../words.ts';

export const leaveRefused = (refused: MessageDetails['leave_refused']): string =>
  refused.reason === 'not_in_voice'
    ? 'I am in no voice channel here, so there is nothing to leave.'
    : `Only ${personName(refused.startedBy)}, somebody in the channel, or a person with **Manage Server** can send me away.`;

export const statusOffline = ({ prefix }: MessageDetails['status_offline']): string =>
  `I am in no voice channel on this server. Join one and type ${command(prefix, 'join')}.`;

export const statusOnline = (status: MessageDetails['status_online']): string =>
  [
    `${stateOf(status)} in ${channelName(status.channelId)}${status.recording ? ` for ${duration(status.recordingMs)}` : ''}, asked for by ${personName(status.requestedByUserId)}${
      status.remainingMs === null ? '' : `; at most ${duration(status.remainingMs)} more`
    }.`,
    `Recorded: ${people(status.recorded)}.`,
    status.notRecorded.length > 0 ? `Not recorded: ${people(status.notRecorded)}.` : '',
    `Packets: ${status.received} received, ${status.lost} lost${lossShare(status.received, status.lost)}.${
      status.freeBytes === null ? '' : ` Free space: ${size(status.freeBytes)}.`
    }`,
    status.privacyCode === null ? '' : `End-to-end encrypted; voice privacy code \`${status.privacyCode}\`.`,
  ]
    .filter((line) => line !== '')
    .join('\n');

const stateOf = ({ paused, recording }: MessageDetails['status_online']): string =>
  recording ? (paused ? '⏸️ Paused' : '🔴 Recording') : '⏹️ Here, not recording,';

const lossShare = (received: number, lost: number): string =>
  lost === 0 ? '' : ` (${((100 * lost) / (received + lost)).toFixed(1)} %)`;

export const unknownCommand = ({ typed, nearest, prefix }: MessageDetails['unknown_command']): string =>
  `I do not know ${quoted(prefix + typed, 40)}. ${
    nearest === null ? '' : `Did you mean \`${prefix}${nearest}\`? `
  }${command(prefix, 'help')} lists what there is.`;

export const rateLimited = ({ retryAfterMs }: MessageDetails['rate_limited']): string =>
  `That was a bit much. Try again in ${duration(retryAfterMs)}.`;

export const personalButton = ({ userId }: MessageDetails['personal_button']): string =>
  `${personName(userId)}, this concerns you alone: press the button, and only you will see it.`;
