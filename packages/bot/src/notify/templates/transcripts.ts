import { transcriptionErrors } from '../../transcripts/transcription-error.ts';
import type { MessageDetails, SpokenPlace } from '../user-message.ts';
import { channelName, command, counted, personName, position, quoted } from '../words.ts';

/** What people said is shown as text: nothing of it formats, links or mentions. */
const plain = (text: string): string =>
  text
    .replaceAll(/[\\`*_~|<>#[\]()@:]/g, '\\$&')
    .replaceAll(/\s+/g, ' ')
    .trim();

const placeOf = ({ recordingSessionId, channelId, startTime, atMs, link }: SpokenPlace): string => {
  const at = link === null ? `${position(atMs)}` : `[${position(atMs)}](${link})`;
  const day = `<t:${Math.floor(startTime / 1000)}:d> ${channelName(channelId)}`;
  return link === null ? `${day} ${at} (\`${recordingSessionId}\`)` : `${day} ${at}`;
};

export const searchResults = ({ q, hits, more, prefix }: MessageDetails['search_results']): string =>
  hits.length === 0
    ? `Nobody said ${quoted(q, 80)} in a recording that you may see and that is transcribed. ${command(prefix, 'transcribe')} makes a transcript.`
    : [
        `${quoted(q, 80)} was said here:`,
        ...hits.map((hit) => `• ${placeOf(hit)} ${personName(hit.userId)}: ${plain(hit.excerpt)}`),
        more ? 'There is more: search for more words.' : '',
      ]
        .filter((line) => line !== '')
        .join('\n');

export const askAnswer = ({ text, citations }: MessageDetails['ask_answer']): string =>
  [
    plain(text).replaceAll(/\\\[(\d{1,3})\\\]/g, '**$1**'),
    ...citations.map((one) => `**${one.n}** ${placeOf(one)} ${personName(one.userId)}`),
  ].join('\n');

export const askRefused = ({ reason, prefix }: MessageDetails['ask_refused']): string => {
  switch (reason) {
    case 'no_model':
      return `No text model is set up here, so I cannot answer questions. ${command(prefix, 'search')} finds what was said; the operator sets \`brain.baseUrl\` and \`brain.model\`.`;
    case 'nothing_found':
      return `Nothing in the transcripts that you may see has to do with that. ${command(prefix, 'search')} finds words.`;
    case 'failed':
      return '⚠️ The text model did not answer. Try again in a minute; the operator finds the reason in the log.';
  }
};

export const transcriptionAsked = ({
  outcome,
  recordingSessionId,
  prefix,
}: MessageDetails['transcription_asked']): string => {
  const which = recordingSessionId === null ? 'this recording' : `\`${recordingSessionId}\``;
  switch (outcome) {
    case 'queued':
      return `Transcribing ${which}. It is said in its channel when it is done; ${command(prefix, 'search')} finds words in it then.`;
    case 'already_queued':
      return `${which} is being transcribed already.`;
    case 'not_configured':
      return 'Nobody transcribes here: the operator sets `transcription.provider`.';
    case 'not_ready':
      return `${which} is not mixed yet. Ask again when it is.`;
    case 'no_recording':
    case 'unknown_recording':
      return `There is no such recording of this server. See what there is with ${command(prefix, 'sessions')}.`;
    case 'not_permitted':
      return 'A recording is transcribed for whoever asked it in, whoever was recorded in it, or somebody with **Manage Server**.';
  }
};

export const transcriptProgress = ({ fraction }: MessageDetails['transcript_progress']): string =>
  `Transcribing: ${Math.floor(100 * Math.min(1, Math.max(0, fraction)))} %.`;

const bounds = {
  day: ' The minutes of this day are used up: the rest follows.',
  recording: ' It is longer than is transcribed of one recording: the rest is missing.',
} as const;

export const transcriptReady = ({ segments, bound, link, prefix }: MessageDetails['transcript_ready']): string =>
  segments === 0
    ? 'The transcript is empty: nobody who agreed to it said anything I understood.'
    : `The transcript is there: ${counted(segments, 'thing', 'things')} said.${bound === null ? '' : bounds[bound]} ${
        link === null ? `Get it with \`${prefix}export md\`, find words with ${command(prefix, 'search')}.` : link
      }`;

export const transcriptFailed = ({ code, again, prefix }: MessageDetails['transcript_failed']): string =>
  `⚠️ No transcript: ${transcriptionErrors[code].says} ${
    again ? 'It is tried again.' : `${command(prefix, 'transcribe')} tries again.`
  }`;
