import { type ExportFormat, exportFormats, type MuxErrorCode } from '@parley/mux';
import type { ExportFacts, MessageDetails } from '../user-message.ts';
import { command, duration, people, personName, size } from '../words.ts';

/** What somebody gets, in words. */
const thing = (format: ExportFormat): string => {
  switch (exportFormats[format].kind) {
    case 'tracks':
      return `a track per person (${format})`;
    case 'mix':
      return `the mix (${format.replace('mix-', '')})`;
    case 'text':
      return format === 'reaper' ? 'a Reaper project with its tracks' : 'the labels';
    case 'transcript':
      return `the transcript (${format})`;
  }
};

export const started = ({ kind, format, live, ahead }: MessageDetails['export_started']): string => {
  const what = kind === 'clip' ? 'Cutting the clip' : `Exporting ${thing(format)}`;
  const until = live && kind === 'export' ? ' of what is recorded up to now' : '';
  return `${what}${until}${ahead > 0 ? `, after the ${ahead} before it` : ''}. It comes into this channel.`;
};

export const refused = ({ reason, prefix }: MessageDetails['export_refused']): string => {
  switch (reason) {
    case 'no_recording':
      return `There is no recording of this server to export. Begin one with ${command(prefix, 'join')}.`;
    case 'not_permitted':
      return 'A recording is exported by whoever asked it in, whoever was recorded in it, or somebody with **Manage Server**.';
    case 'not_recording':
      return `Nothing is being recorded right now. Get an older recording with ${command(prefix, 'export')}.`;
    case 'queue_full':
      return 'Too many exports are waiting. Try again when one of them is done.';
    case 'backwards':
      return 'The end has to come after the start.';
    case 'files_gone':
      return `The files of this recording are gone. See what there is with ${command(prefix, 'sessions')}.`;
  }
};

export const progress = ({ kind, fraction }: MessageDetails['export_progress']): string =>
  `${kind === 'clip' ? 'Cutting the clip' : 'Exporting'}: ${Math.floor(100 * Math.min(1, Math.max(0, fraction)))} %.`;

const heard = ({ kind, durationMs, sizeBytes, people: ids, format, requestedByUserId }: ExportFacts): string => {
  const facts = `${duration(durationMs)}, ${size(sizeBytes)}, with ${people(ids)}`;
  const who = personName(requestedByUserId);
  return kind === 'clip' ? `${who} asked for this clip: ${facts}.` : `${who}, here is ${thing(format)}: ${facts}.`;
};

export const file = (facts: MessageDetails['export_file']): string => heard(facts);

export const link = ({ url, expiresAt, ...facts }: MessageDetails['export_link']): string =>
  `${heard(facts)}\n${url}\nThe link works until <t:${Math.floor(expiresAt / 1000)}:f> for everybody who has it.`;

export const onHost = ({ recordingSessionId, ...facts }: MessageDetails['export_on_host']): string =>
  `${heard(facts)}\nIt could not be sent here: it is larger than this server takes, or delivery is off. Ask the operator for the export of \`${recordingSessionId}\` within a day: its place on the host stands in the log.`;

const operator = 'The operator finds the reason in the log.';

/** Why there is no export, to whoever asked for it; nothing of the host's folders. */
const reasons: Readonly<Record<MuxErrorCode | 'broken', string>> = {
  range_outside: 'that part lies outside of the recording. Give times within it.',
  nothing_in_range: 'nobody can be heard there. Choose another part.',
  transcript_missing: 'this recording has no transcript.',
  transcript_invalid: `its transcript cannot be read. ${operator}`,
  erased_meanwhile: 'somebody in it withdrew while it was made. Ask again: it leaves them out.',
  aborted: 'Parley is being restarted. Ask again in a minute.',
  not_a_recording: 'the files of this recording are gone or cannot be read.',
  nothing_readable: 'none of its files can be read.',
  unreadable: `its files may not be read. ${operator}`,
  newer_format: 'it was made by a newer Parley than this one.',
  ffmpeg_missing:
    'this format needs ffmpeg, which is not there. The operator can install it; `opus` and `mix-ogg` work without.',
  ffmpeg_failed: `ffmpeg failed. ${operator}`,
  ffmpeg_timeout: 'it took too long. Try a shorter part.',
  disk_failed: `the disk failed or is full. ${operator}`,
  bad_output: `the disk failed or is full. ${operator}`,
  busy: 'another export of it is being made. Try again in a minute.',
  recording_live: 'it is still running.',
  mix_missing: operator,
  does_not_fit: operator,
  codec_missing: operator,
  mixer_failed: operator,
  not_a_person: operator,
  own_room: operator,
  session_unwritable: operator,
  broken: operator,
};

/** Why there is no export, for a page: a sentence without Discord's marks. */
export const exportFailureWords = (code: MuxErrorCode | 'broken'): string =>
  `The export could not be made: ${reasons[code].replaceAll('`', '')}`;

export const failed = ({ kind, code }: MessageDetails['export_failed']): string =>
  `⚠️ The ${kind} could not be made: ${reasons[code]}`;
