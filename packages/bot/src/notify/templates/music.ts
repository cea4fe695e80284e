import type { MusicRefusal } from '../../agent/music/music-desk.ts';
import { musicSearchErrors } from '../../agent/music/search/music-search.ts';
import type { MusicTrouble } from '../../agent/music/track.ts';
import type { MessageDetails } from '../user-message.ts';
import { command, counted, personName, position, quoted } from '../words.ts';

const refusals = {
  may_not_speak: 'I may not **Speak** in this channel, so I cannot play anything.',
  queue_full: 'So many pieces wait already that no more fit. Skip some, or stop.',
  nothing_found: 'I found nothing that fits. Try other words of its name.',
  too_slow: 'The search took too long. Try again in a moment.',
  no_folder: `I can play web addresses only: ${musicSearchErrors.no_folder} (\`PARLEY_MUSIC_FOLDER\`).`,
  folder_unreadable: 'The folder of music cannot be read. The operator can see why in the log.',
  address_invalid: 'I play http and https addresses without a name and password in them. This is none.',
} as const satisfies Record<MusicRefusal, string>;

export const musicAnswer = (answer: MessageDetails['music_answer']): string => {
  switch (answer.kind) {
    case 'loading':
      return `🎵 ${quoted(answer.title)} comes now.`;
    case 'queued':
      return `🎵 ${quoted(answer.title)} comes ${answer.place === 1 ? 'next' : `at place ${answer.place}`}.`;
    case 'asked':
      return `🎵 ${counted(answer.titles.length, 'piece fits', 'pieces fit')}: choose one by its button.`;
    case 'refused':
      return refusals[answer.reason];
  }
};

type Control = MessageDetails['music_control'];

export const musicControl = (control: Control): string => {
  const who = personName(control.userId);
  switch (control.outcome) {
    case 'paused':
      return `⏸️ ${who} holds the music.`;
    case 'resumed':
      return `▶️ ${who} lets the music go on.`;
    case 'stopped':
      return `⏹️ ${who} has ended the music.`;
    case 'skipped':
      return `⏭️ ${who} has skipped ${quoted(control.title)}${control.next === null ? '.' : `; ${quoted(control.next)} comes now.`}`;
    case 'volume':
      return `🔉 ${who} has set the music to ${control.percent} %.`;
  }
};

/** Pieces of the queue that are named. */
const shown = 10;

const phases = {
  loading: 'is being loaded',
  playing: 'plays',
  paused: 'is held',
  stopping: 'is ending',
} as const;

export const musicList = ({
  phase,
  title,
  positionMs,
  queue,
  volume,
  prefix,
}: MessageDetails['music_list']): string => {
  if (phase === 'idle' || title === null) {
    return `Nothing plays. ${command(prefix, 'music')} with \`play\` and a name or an address begins.`;
  }
  const now = `🎵 ${quoted(title)} ${phases[phase]} (${position(positionMs)}), at ${volume} %.`;
  if (queue.length === 0) return `${now} Nothing waits.`;
  const lines = queue.slice(0, shown).map((one, index) => `${index + 1}. ${quoted(one, 80)}`);
  const more = queue.length > shown ? [`… and ${queue.length - shown} more`] : [];
  return [now, ...lines, ...more].join('\n');
};

export const musicRefused = ({ reason, prefix }: MessageDetails['music_refused']): string =>
  ({
    nothing_plays: `Nothing plays. ${command(prefix, 'music')} with \`play\` begins.`,
    nothing_held: 'Nothing is held: there is nothing to let go on.',
    what_missing: `Say what: \`${prefix}music play <name or address>\`.`,
    not_a_volume: `Say how loud, from 0 to 100: \`${prefix}music volume 40\`.`,
  })[reason];

const troubles = {
  file_unreadable: 'the file cannot be read',
  address_refused: 'its address is not on the public internet',
  fetch_failed: 'the address does not answer with music',
  ffmpeg_failed: 'it could not be decoded',
  too_slow: 'it comes too slowly',
  lost: 'the audio was interrupted',
  not_taken: 'it was not accepted',
  no_ffmpeg: 'ffmpeg is not installed here; the operator has to look at it',
} as const satisfies Record<MusicTrouble, string>;

export const musicFailed = ({ title, trouble, next }: MessageDetails['music_failed']): string =>
  `⚠️ I cannot play ${quoted(title)}: ${troubles[trouble]}.${next === null ? '' : ` ${quoted(next)} comes now.`}`;
