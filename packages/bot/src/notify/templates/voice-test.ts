import type { MessageDetails } from '../user-message.ts';
import { command, duration, packetsLost, personName, quoted } from '../words.ts';

type Refused = MessageDetails['voice_test_refused'];

export const listening = ({ userId, maxMs }: MessageDetails['voice_test_listening']): string =>
  `🎙️ ${personName(userId)}, say something now: I listen for ${duration(maxMs)} and play it back. I do not keep it.`;

export const done = ({ userId, ...test }: MessageDetails['voice_test_done']): string => {
  const unusable =
    test.unusable === 0 ? '' : ` ${test.unusable} of ${test.received} packets came, but could not be used.`;
  if (test.heardMs === 0) {
    return `${personName(userId)}, I heard nothing from you.${unusable} Check that your microphone is not muted, here and in Discord’s settings, and that its level moves when you speak.`;
  }
  return `${personName(userId)}, I heard ${duration(test.heardMs)} of you and played ${
    test.playedMs === 0 ? 'nothing back: the connection was not ready' : 'it back'
  }. ${packetsLost(test.lost, test.received + test.lost)}${unusable}`;
};

const refusals: Readonly<Record<Refused['reason'], (refused: Refused) => string>> = {
  not_in_channel: () => 'Come into my voice channel first, then ask for the test again.',
  not_recorded: ({ prefix }) =>
    `You are not recorded, so I do not listen to you, not even for a test. ${command(prefix, 'optin')} changes that.`,
  may_not_speak: () => 'I may not **Speak** in this channel, so I cannot play anything back.',
  busy: () => 'I am testing somebody else right now. Try again in half a minute.',
};

export const refused = (details: Refused): string => refusals[details.reason](details);

export const failed = ({ userId, error }: MessageDetails['voice_test_failed']): string =>
  `${personName(userId)}, the test did not work: ${quoted(error)}. The recording is not affected.`;
