import type { ConsentMode } from '../../config/guild-settings.ts';
import type { MessageDetails } from '../user-message.ts';
import { channelName, command, people, personName, quoted, retention } from '../words.ts';

/** Version of the words below, stored with every consent. Raised when their meaning changes. */
export const consentTextVersion = 1;

const whoIsRecorded: Readonly<Record<ConsentMode, (prefix: string) => string>> = {
  notice: (prefix) =>
    `Everybody in the channel is recorded. Do not want it? ${command(prefix, 'optout')} stops it at once.`,
  opt_in: (prefix) => `Only people who say yes are recorded: ${command(prefix, 'optin')}.`,
  role: (prefix) => `Only people with a consent role are recorded. ${command(prefix, 'optout')} stops it at once.`,
};

/** The notice before the first stored packet. */
export const recordingNotice = (notice: MessageDetails['recording_notice']): string =>
  [
    `🔴 **Recording in ${channelName(notice.channelId)}**, asked for by ${personName(notice.requestedByUserId)}.`,
    whoIsRecorded[notice.consentMode](notice.prefix),
    `Anybody in the channel can end it with ${command(notice.prefix, 'leave')}. Each person gets a track of their own; the recording is ${retention(notice)}.`,
    notice.notRecorded.length > 0 ? `Not recorded: ${people(notice.notRecorded)}.` : '',
    notice.maySpeak ? '' : 'I may not speak here, so there is no sound at the start.',
  ]
    .filter((line) => line !== '')
    .join('\n');

/** For a person who comes while a recording runs. */
export const lateJoinerNotice = (notice: MessageDetails['late_joiner_notice']): string =>
  notice.recorded
    ? `🔴 ${personName(notice.userId)}, this channel is being recorded, and so are you (${retention(notice)}). ${command(notice.prefix, 'optout')} stops it at once.`
    : `🔴 ${personName(notice.userId)}, this channel is being recorded, but you are not.${
        notice.consentMode === 'role' ? '' : ` ${command(notice.prefix, 'optin')} changes that.`
      }`;

const where = { guild: 'on this server', everywhere: 'on any server' } as const;

export const optoutConfirmed = ({ scope, live, prefix }: MessageDetails['optout_confirmed']): string =>
  `You are not recorded any more ${where[scope]}${
    live ? ': from this moment on nothing of you is stored. What was recorded before stays' : ''
  }. ${command(prefix, 'optin')} takes it back.`;

export const optoutFailed = ({ error }: MessageDetails['optout_failed']): string =>
  `⚠️ Your opt-out could not be carried out: ${quoted(error)}. **You may still be recorded.** Mute yourself or leave the channel, then try again, and tell the operator.`;

export const optinConfirmed = ({ scope, live, prefix }: MessageDetails['optin_confirmed']): string =>
  `You may be recorded again ${where[scope]}${live ? ', from this moment on' : ''}. ${command(prefix, 'optout')} takes it back.`;

export const optinFailed = ({ error }: MessageDetails['optin_failed']): string =>
  `Your yes could not be stored: ${quoted(error)}. You are still not recorded. Try again.`;

export const consentsUnreadable = (): string =>
  '⚠️ I could not read who has opted out, so nobody’s speech is stored until I can. The operator finds the cause in the log.';
