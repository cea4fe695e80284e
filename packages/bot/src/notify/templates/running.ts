import type { MessageDetails } from '../user-message.ts';
import { channelName, command, duration, people, personName, size } from '../words.ts';

export const resumedAfterRestart = ({ gapMs, prefix }: MessageDetails['resumed_after_restart']): string =>
  `I was restarted and go on with the same recording. ${duration(gapMs)} are missing; the place is marked. ${command(prefix, 'optout')} still works.`;

export const continuedAfterRestart = ({ prefix }: MessageDetails['continued_after_restart']): string =>
  `I was away too long to go on with the old recording, so a new one continues it; the old one is being mixed. ${command(prefix, 'leave')} ends this.`;

export const gapVoxproc = ({ gapMs }: MessageDetails['gap_voxproc']): string =>
  `⚠️ The part of me that records failed and was started again. About ${duration(gapMs)} are missing; the place is marked in the recording.`;

export const reconnected = ({ gapMs }: MessageDetails['reconnected']): string =>
  `The voice connection is back. About ${duration(gapMs)} are missing; the place is marked in the recording.`;

export const serverUndeafened = ({ gapMs }: MessageDetails['server_undeafened']): string =>
  `I hear you again. ${duration(gapMs)} are missing; the place is marked in the recording.`;

export const streamStarted = ({ userId }: MessageDetails['stream_started']): string =>
  `${personName(userId)} is streaming. Bots cannot watch or record streams; what is said in the channel is recorded as before.`;

export const permissionsChanged = ({ channelId, lost, regained }: MessageDetails['permissions_changed']): string => {
  const parts = [
    ...(lost.length === 0
      ? []
      : [
          `⚠️ I have lost ${lost.join(', ')} in ${channelName(channelId)}. I go on as long as Discord lets me; grant it again in the channel’s settings.`,
        ]),
    ...(regained.length === 0 ? [] : [`I have ${regained.join(', ')} in ${channelName(channelId)} again.`]),
  ];
  return parts.join(' ');
};

export const undecryptablePerson = ({ userId }: MessageDetails['undecryptable_person']): string =>
  `⚠️ ${personName(userId)}’s voice cannot be decrypted, so it is missing from the recording. Leaving the channel and coming back usually helps.`;

export const encryptionOn = ({ privacyCode }: MessageDetails['encryption_on']): string =>
  `This call is end-to-end encrypted. Its voice privacy code is \`${privacyCode}\`; compare it with the one Discord shows you.`;

export const diskLow = ({ freeBytes, stopsAtBytes }: MessageDetails['disk_low']): string =>
  `⚠️ Only ${size(freeBytes)} of disk are free; at ${size(stopsAtBytes)} the recording stops. The operator should make room.`;

export const nothingHeard = ({ ms, prefix }: MessageDetails['nothing_heard']): string =>
  `⚠️ I am recording, but have heard nobody for ${duration(ms)}. If somebody is speaking: ${command(prefix, 'voice-test')} plays back what I hear of you.`;

export const personUnheard = ({ userIds, prefix }: MessageDetails['person_unheard']): string =>
  `I have not heard ${people(userIds)} once, though others speak. If ${
    userIds.length === 1 ? 'they have' : 'any of them has'
  } said something: ${command(prefix, 'voice-test')} shows what I hear of whoever gives it.`;
