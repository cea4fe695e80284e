import type { MessageDetails } from '../user-message.ts';
import { channelName, duration, packetsLost, people, size } from '../words.ts';
import { recordingNotice } from './consent.ts';

type Panel = MessageDetails['live_panel'];

const heads: Readonly<Record<Panel['state'], (panel: Panel) => string>> = {
  recording: ({ notice, channelId }) => recordingNotice({ ...notice, channelId, notRecorded: [] }),
  paused: ({ notice, channelId }) =>
    `⏸️ **Paused: nothing is stored now.**\n${recordingNotice({ ...notice, channelId, notRecorded: [] })}`,
  off: ({ channelId }) => `⏹️ In ${channelName(channelId)}, not recording.`,
  ended: ({ channelId, recordedMs }) =>
    `⏹️ The recording in ${channelName(channelId)} has ended${recordedMs > 0 ? ` after ${duration(recordedMs)}` : ''}.`,
};

const doing = {
  awake: 'listens',
  resting: 'rests',
  silent: 'cannot answer now',
} as const satisfies Record<NonNullable<Panel['agent']>['doing'], string>;

const agentLine = ({ vendor, doing: does, usd }: NonNullable<Panel['agent']>): string =>
  `🤖 The agent (${vendor}) ${doing[does]}${usd === null ? '' : `; $${usd.toFixed(2)} spent`}.`;

const second = (ms: number): number => Math.floor(ms / 1000);

/** The notice first, since that is what people have to know. */
export const livePanel = (panel: Panel): string => {
  const isLive = panel.state === 'recording' || panel.state === 'paused';
  const { since, received, lost, freeBytes, privacyCode, events } = panel;
  return [
    heads[panel.state](panel),
    isLive && since !== null ? `Since <t:${second(since)}:T> (<t:${second(since)}:R>).` : '',
    isLive ? `Recorded: ${people(panel.recorded)}.` : '',
    isLive && panel.notRecorded.length > 0 ? `Not recorded: ${people(panel.notRecorded)}.` : '',
    received + lost > 0
      ? `${packetsLost(lost, received + lost)}${!isLive || freeBytes === null ? '' : ` Free space: ${size(freeBytes)}.`}`
      : '',
    isLive && privacyCode !== null ? `End-to-end encrypted; voice privacy code \`${privacyCode}\`.` : '',
    isLive && panel.agent !== null ? agentLine(panel.agent) : '',
    ...events.map(({ at, text }) => `<t:${second(at)}:T> ${text}`),
  ]
    .filter((line) => line !== '')
    .join('\n');
};
