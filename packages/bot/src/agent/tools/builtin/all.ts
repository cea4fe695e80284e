import type { Tool } from '../tool.ts';
import { type LeaveServices, leaveChannel } from './leave-channel.ts';
import { type SearchTranscriptServices, searchTranscript } from './search-transcript.ts';
import { takeNote } from './take-note.ts';
import type { ToolRoom } from './tool-room.ts';
import { whoIsHere } from './who-is-here.ts';

export type BuiltinServices = LeaveServices & SearchTranscriptServices;

/** Parley's own tools for one session. */
export const builtinTools = (room: ToolRoom, services: BuiltinServices): readonly Tool[] => [
  whoIsHere(room),
  takeNote(room),
  searchTranscript(room, services),
  leaveChannel(room, services),
];
