import { z } from 'zod';
import { keepNote } from '../../../session/keep-note.ts';
import { defineTool, type Tool, ToolError } from '../tool.ts';
import type { ToolRoom } from './tool-room.ts';

/** A marker in the recording, as `note` makes it, in the name of who asked for it. */
export const takeNote = (room: ToolRoom): Tool =>
  defineTool({
    name: 'note',
    says: 'Puts a marker with a few words at this place of the recording. Only when somebody asks for a note or marker.',
    args: z.strictObject({ text: z.string().trim().min(1).max(200).describe('what the marker says') }),
    right: 'control',
    run: async ({ text }, { speakers }) => {
      const [userId = ''] = speakers;
      const kept = keepNote(room.live(), userId, text);
      if (kept === null) throw new ToolError('refused', 'nothing is recorded now, so there is nothing to mark');
      return `noted at ${Math.floor(kept.atMs / 1000)} s of the recording`;
    },
  });
