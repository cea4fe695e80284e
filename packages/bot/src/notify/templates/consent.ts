import type { ConsentMode } from '../../config/guild-settings.ts';
import type { MessageDetails } from '../user-message.ts';
import { channelName, command, counted, people, personName, quoted, retention } from '../words.ts';
import { heardByAi } from './agent.ts';

/** Version of the words below, stored with every consent. Raised when their meaning changes. */
export const consentTextVersion = 5;

const whoIsRecorded: Readonly<Record<ConsentMode, (prefix: string) => string>> = {
  notice: (prefix) =>
    `Everybody in the channel is recorded. Do not want it? ${command(prefix, 'optout')} stops it at once.`,
  opt_in: (prefix) => `Only people who say yes are recorded: ${command(prefix, 'optin')}.`,
  role: (prefix) => `Only people with a consent role are recorded. ${command(prefix, 'optout')} stops it at once.`,
};

/** That words are written down, by whom, and the way out; empty where nobody does. */
const transcribed = ({
  transcribedBy,
  prefix,
}: {
  readonly transcribedBy: string | null;
  readonly prefix: string;
}): string =>
  transcribedBy === null
    ? ''
    : `What is said may be written down afterwards by ${quoted(transcribedBy)}; ${command(prefix, 'optout transcribed')} keeps your words out of it.`;

/** The notice before the first stored packet. */
export const recordingNotice = (notice: MessageDetails['recording_notice']): string =>
  [
    `🔴 **Recording in ${channelName(notice.channelId)}**, asked for by ${personName(notice.requestedByUserId)}.`,
    whoIsRecorded[notice.consentMode](notice.prefix),
    `Anybody in the channel can end it with ${command(notice.prefix, 'leave')}. Each person gets a track of their own; the recording is ${retention(notice)}. ${command(notice.prefix, 'forget-me')} deletes what there is of you at once.`,
    transcribed(notice),
    heardByAi(notice),
    notice.notRecorded.length > 0 ? `Not recorded: ${people(notice.notRecorded)}.` : '',
    notice.maySpeak ? '' : 'I may not speak here, so there is no sound at the start.',
  ]
    .filter((line) => line !== '')
    .join('\n');

/** For a person who comes while a recording runs. */
export const lateJoinerNotice = (notice: MessageDetails['late_joiner_notice']): string =>
  notice.recorded
    ? `🔴 ${personName(notice.userId)}, this channel is being recorded, and so are you (${retention(notice)}). ${command(notice.prefix, 'optout')} stops it at once. ${[transcribed(notice), heardByAi(notice)].filter((text) => text !== '').join(' ')}`.trimEnd()
    : `🔴 ${personName(notice.userId)}, this channel is being recorded, but you are not.${
        notice.consentMode === 'role' ? '' : ` ${command(notice.prefix, 'optin')} changes that.`
      }`;

const where = { guild: 'on this server', everywhere: 'on any server' } as const;

export const optoutConfirmed = ({ scope, live, everything, prefix }: MessageDetails['optout_confirmed']): string =>
  `You are not recorded${everything ? ', passed to an AI, transcribed or remembered' : ''} any more ${where[scope]}${
    live
      ? ': from this moment on nothing of you is stored. What was recorded before stays until you have it deleted'
      : ''
  }. ${command(prefix, 'optin')} takes it back.`;

export const optoutFailed = ({ error }: MessageDetails['optout_failed']): string =>
  `⚠️ Your opt-out could not be carried out: ${quoted(error)}. **You may still be recorded.** Mute yourself or leave the channel, then try again, and tell the operator.`;

export const optinConfirmed = ({ scope, live, everything, prefix }: MessageDetails['optin_confirmed']): string =>
  `You may be recorded${everything ? ', heard by the AI, transcribed and remembered' : ''} again ${where[scope]}${live ? ', from this moment on' : ''}. ${command(prefix, 'optout')} takes it back.`;

export const optinFailed = ({ error }: MessageDetails['optin_failed']): string =>
  `Your yes could not be stored: ${quoted(error)}. You are still not recorded. Try again.`;

export const consentsUnreadable = (): string =>
  '⚠️ I could not read who has opted out, so nobody’s speech is stored until I can. The operator finds the cause in the log.';

const uses = {
  heard_by_ai: { yes: 'may be heard by the AI', no: 'is not passed to the AI' },
  transcribed: { yes: 'may be transcribed', no: 'is not transcribed' },
  remembered: { yes: 'may be remembered', no: 'is not remembered' },
} as const;

export const useDecided = ({ use, state, scope, provider, prefix }: MessageDetails['use_decided']): string => {
  const said = `What you say ${uses[use][state === 'opted_in' ? 'yes' : 'no']} ${where[scope]}.`;
  const ai =
    use !== 'heard_by_ai'
      ? ''
      : provider === null
        ? ' No AI listens on this installation now; before one does, its provider is named.'
        : ` The AI is ${quoted(provider)}.`;
  return `${said}${ai} ${command(prefix, state === 'opted_in' ? 'optout' : 'optin')} takes it back.`;
};

const whose = (userId: string | null): string => (userId === null ? 'you' : personName(userId));
const place = { guild: 'on this server', everywhere: 'everywhere' } as const;

/** What a person agrees to when they press the button. */
export const forgetQuestion = (asked: MessageDetails['forget_question']): string =>
  [
    `**Delete everything of ${whose(asked.userId)} ${place[asked.scope]}?**`,
    `It goes for good: ${counted(asked.recordings, 'recording', 'recordings')} with ${asked.userId === null ? 'you' : 'them'} in it (audio and track, name, notes, words); each is mixed again without that voice, for the others.`,
    asked.messages === 0
      ? ''
      : `${counted(asked.messages, 'message of mine that holds', 'messages of mine that hold')} the voice will be deleted.`,
    asked.running === 0 ? '' : 'A recording runs now: nothing more is recorded, and the rest goes when it ends.',
    asked.userId === null ? 'You are not recorded any more afterwards, until you say so.' : '',
    'What I cannot reach: files other people have downloaded or passed on, copies in Discord’s caches, backups and the system log of whoever runs me, and services of other providers. Of the decision itself your id and the time are kept.',
  ]
    .filter((line) => line !== '')
    .join('\n');

export const forgetKept = (): string => 'Nothing was deleted.';

export const forgetBegun = ({ userId }: MessageDetails['forget_begun']): string =>
  `Everything of ${whose(userId)} is being deleted. It goes on by itself until nothing is left, also after a restart.`;

export const forgetDone = (done: MessageDetails['forget_done']): string => {
  const { userId, recordings, running, messages, error } = done;
  const what = `${counted(recordings, 'recording', 'recordings')}, ${counted(messages, 'message', 'messages')}`;
  const rest =
    running === 0
      ? ''
      : ` ${counted(running, 'recording still runs', 'recordings still run')}: what was stored so far is gone, the rest goes when it ends.`;
  const later =
    error === null ? '' : ` ⚠️ A part could not be done yet (${quoted(error)}); it is tried again until it is.`;
  return `Deleted, everything of ${whose(userId)}: ${what}.${rest}${later} What is left of the recordings is mixed again.`;
};

export const forgetFailed = ({ error }: MessageDetails['forget_failed']): string =>
  `⚠️ Nothing could be deleted: ${quoted(error)}. Try again; if it happens twice, tell the operator.`;

export const remixed = (): string =>
  'Somebody in a recording here had everything of theirs deleted. The mix that was posted is gone; this is the recording without them.';
