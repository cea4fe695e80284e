import { z } from 'zod';
import { defineTool, type Tool } from '../tool.ts';
import type { ToolRoom } from './tool-room.ts';

/** People named; a stage may have thousands. */
const mostNamed = 50;

/** Who sits in the voice channel, as everybody there sees it. */
export const whoIsHere = (room: ToolRoom): Tool =>
  defineTool({
    name: 'who_is_here',
    says: 'Lists who is in the voice channel now: names, and whether they are muted, bots, or recorded.',
    args: z.strictObject({}),
    right: 'heard',
    run: async () => {
      const { people } = room.live();
      const { present } = people.membership;
      const recorded = new Set(people.recorded.yes);
      const shown = present.slice(0, mostNamed).map(({ userId, displayName, bot, muted, streaming }) => ({
        name: displayName,
        ...(bot === true ? { bot: true } : { recorded: recorded.has(userId) }),
        ...(muted ? { muted } : {}),
        ...(streaming ? { sharesScreen: true } : {}),
      }));
      return JSON.stringify({ people: shown, more: present.length - shown.length });
    },
  });
