import type { Soundboard } from '../../soundboard/soundboard.ts';
import type { Tool } from '../tool.ts';
import { type LeaveServices, leaveChannel } from './leave-channel.ts';
import { type MusicToolServices, musicTools } from './music-tools.ts';
import { playSoundboard } from './play-soundboard.ts';
import { type SearchTranscriptServices, searchTranscript } from './search-transcript.ts';
import { takeNote } from './take-note.ts';
import type { ToolRoom } from './tool-room.ts';
import { whoIsHere } from './who-is-here.ts';

export interface BuiltinServices extends LeaveServices, MusicToolServices {
  readonly soundboard: Pick<Soundboard, 'play'>;
}

/** Parley's own tools for one session. */
export const builtinTools = (room: ToolRoom, services: BuiltinServices & SearchTranscriptServices): readonly Tool[] => [
  whoIsHere(room),
  takeNote(room),
  searchTranscript(room, services),
  playSoundboard(room, services),
  ...musicTools(room, services),
  leaveChannel(room, services),
];
