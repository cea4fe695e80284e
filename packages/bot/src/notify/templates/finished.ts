import type { MessageDetails } from '../user-message.ts';
import { counted, duration, packetsLost, personName, quoted, size } from '../words.ts';

export const muxProgress = ({ phase, fraction }: MessageDetails['mux_progress']): string =>
  `Mixing the recording: ${Math.floor(100 * Math.min(1, Math.max(0, fraction)))} % (${phase}).`;

export const muxFinished = (mux: MessageDetails['mux_finished']): string =>
  [
    `The recording is ready: ${duration(mux.durationMs)}, ${counted(mux.speakers, 'person', 'people')} heard.`,
    packetsLost(mux.lost, mux.received + mux.lost),
    mux.holes > 0
      ? `${counted(mux.holes, 'stretch', 'stretches')} could not be captured; \`session.json\` names each.`
      : '',
    mux.status === 'partial'
      ? `⚠️ ${counted(mux.skipped, 'piece', 'pieces')} could not be mixed in; \`session.json\` says which and why.`
      : '',
  ]
    .filter((line) => line !== '')
    .join('\n');

export const muxEmpty = ({ durationMs }: MessageDetails['mux_empty']): string =>
  `Nobody said anything in ${duration(durationMs)}, so there is nothing to hand over.`;

export const muxFailed = ({ error, recordingSessionId }: MessageDetails['mux_failed']): string =>
  `⚠️ The mix failed: ${quoted(error)}. Every track is safe. The operator can repeat it with \`npx parley-mux\` on the folder of \`${recordingSessionId}\`.`;

export const deliveredFile = ({ durationMs, sizeBytes }: MessageDetails['delivered_file']): string =>
  `Here is the recording (${duration(durationMs)}, ${size(sizeBytes)}).`;

export const deliveredSmall = ({ limitBytes }: MessageDetails['delivered_small']): string =>
  `The full mix is larger than the ${size(limitBytes)} this server takes, so this is a smaller copy in mono. The operator has the full one.`;

export const deliveredLink = ({ url, expiresAt }: MessageDetails['delivered_link']): string =>
  `Here is the recording: ${url}\nThe link works until <t:${Math.floor(expiresAt / 1000)}:f> for everybody who has it.`;

export const deliveryOnHost = ({ recordingSessionId }: MessageDetails['delivery_on_host']): string =>
  `The recording could not be sent here. Ask the operator for \`${recordingSessionId}\`: its place on the host stands in the log.`;

export const deliveryDmFailed = ({ requesterUserId }: MessageDetails['delivery_dm_failed']): string =>
  `${personName(requesterUserId)}, I could not send you the recording: your direct messages are closed to me. Open them for this server and ask the operator to deliver it again.`;
