import { z } from 'zod';
import { soundResults } from '../../soundboard/sound-result.ts';
import type { Soundboard } from '../../soundboard/soundboard.ts';
import { defineTool, type Tool, ToolError } from '../tool.ts';
import type { ToolRoom } from './tool-room.ts';

/** A sound of Discord's soundboard, which everybody in the channel hears. */
export const playSoundboard = (
  room: ToolRoom,
  { soundboard }: { readonly soundboard: Pick<Soundboard, 'play'> },
): Tool =>
  defineTool({
    name: 'play_soundboard',
    says: 'Plays a short sound of the soundboard to everybody in the channel. With an empty name it tells which sounds there are.',
    args: z.strictObject({ name: z.string().max(100).describe('the sound’s name') }),
    right: 'heard',
    run: async ({ name }) => {
      const { info, channelId, guildSettings } = room.live();
      const { soundboard: enabled, soundboardSounds: references } = guildSettings;
      const wish = { guildId: info.guildId, channelId, name, enabled, references };
      const { result, sound, names } = await soundboard.play(wish);
      if (result === 'played') return `played: ${sound ?? name}`;
      if (result === 'unknown_sound') {
        const there = JSON.stringify({ sounds: names });
        if (name.trim() === '') return there;
        throw new ToolError('not_found', `${soundResults.unknown_sound}; there are: ${there}`);
      }
      throw new ToolError('refused', `${result}: ${soundResults[result]}`);
    },
  });
