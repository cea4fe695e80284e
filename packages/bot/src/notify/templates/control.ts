import type { RecordingStatus } from '@parley/mux';
import type { TranscriptState } from '../../store/index.ts';
import type { MessageDetails } from '../user-message.ts';
import { channelName, command, duration, personName, position, quoted } from '../words.ts';

type Control = MessageDetails['recording_control'];

const outcomes: Readonly<Record<Control['outcome'], (control: Control) => string>> = {
  paused: ({ channelId, userId, prefix }) =>
    `⏸️ ${personName(userId)} has paused the recording in ${channelName(channelId)}: nothing is stored until ${command(prefix, 'resume')}.`,
  resumed: ({ channelId, userId }) =>
    `🔴 ${personName(userId)} lets the recording in ${channelName(channelId)} go on: what is said is stored again.`,
  on: ({ channelId }) => `🔴 Recording in ${channelName(channelId)}.`,
  off: ({ channelId, userId, prefix }) =>
    `⏹️ ${personName(userId)} has ended the recording in ${channelName(channelId)}; it is being mixed. I stay, and store nothing until ${command(prefix, 'record')}.`,
  already_paused: ({ prefix }) => `The recording is paused already; ${command(prefix, 'resume')} lets it go on.`,
  not_paused: () => 'The recording is not paused: it is running.',
  already_on: () => 'I am recording already.',
  already_off: () => 'I am not recording as it is.',
  not_recording: ({ prefix }) =>
    `I am here, but not recording: ${command(prefix, 'record')} with \`on\` begins a recording.`,
};

export const recordingControl = (control: Control): string => outcomes[control.outcome](control);

export const noteKept = ({ text, userId, atMs }: MessageDetails['note_kept']): string =>
  `📌 ${position(atMs)} – ${quoted(text)} (${personName(userId)}). It becomes a marker in the recording.`;

const states: Readonly<Record<RecordingStatus, string>> = {
  recording: 'being recorded',
  muxing: 'being mixed',
  completed: 'ready',
  partial: 'ready, not all of it could be mixed in',
  failed: 'the mix failed; every track is safe',
  empty: 'nobody said anything',
};

const transcriptStates: Readonly<Record<TranscriptState, string>> = {
  queued: 'to be transcribed',
  running: 'being transcribed',
  done: 'transcribed',
  failed: 'no transcript could be made',
};

export const sessionList = ({ recordings, prefix }: MessageDetails['session_list']): string =>
  recordings.length === 0
    ? `There is no recording of this server that you were in. ${command(prefix, 'join')} begins one.`
    : [
        'The latest recordings of this server:',
        ...recordings.map(
          ({ recordingSessionId, channelId, startTime, durationMs, status, link, transcript }) =>
            `• <t:${Math.floor(startTime / 1000)}:f> ${channelName(channelId)}, ${
              durationMs === null ? 'running' : duration(durationMs)
            }: ${states[status]}${transcript === null ? '' : `, ${transcriptStates[transcript]}`}${link === null ? '' : ` – ${link}`}\n  \`${recordingSessionId}\``,
        ),
        recordings.some(({ link }) => link === null) ? 'What has no link lies on the host: ask the operator.' : '',
      ]
        .filter((line) => line !== '')
        .join('\n');

export const settingsShown = ({ settings, prefix }: MessageDetails['settings_shown']): string =>
  [
    'The settings of this server (**bold**: its own; the others are the installation’s):',
    ...settings.map(({ key, value, isOwn }) => `• ${isOwn ? `**${key}**` : key} = ${quoted(value, 120)}`),
    `\`${prefix}settings set <key> <value>\` changes one, \`${prefix}settings reset <key>\` takes it back.`,
  ].join('\n');

export const settingStored = ({ key, value, isOwn }: MessageDetails['setting_stored']): string =>
  isOwn
    ? `${quoted(key)} is ${quoted(value, 120)} on this server from now on.`
    : `${quoted(key)} is the installation’s value again: ${quoted(value, 120)}.`;

export const settingRefused = (refused: MessageDetails['setting_refused']): string => {
  const { problem, allowed, nearest, env, prefix } = refused;
  const key = quoted(refused.key, 60);
  switch (problem) {
    case 'unknown_key':
      return `There is no setting ${key}.${nearest === null ? '' : ` Did you mean ${quoted(nearest)}?`} \`${prefix}settings\` shows them all.`;
    case 'invalid_value':
      return `${key} was left as it is: allowed is ${quoted(allowed ?? 'something else')}.`;
    case 'of_installation':
      return `${key} holds for all servers: whoever runs Parley sets ${quoted(env ?? refused.key, 60)} and starts it again. \`${prefix}settings\` shows what this server can change, at once.`;
  }
};
