import { z } from 'zod';
import type { MusicAnswer, MusicDesk } from '../../music/music-desk.ts';
import type { SessionMusic } from '../../music/session-music.ts';
import { defineTool, type Tool, ToolError } from '../tool.ts';
import type { ToolRoom } from './tool-room.ts';

export interface MusicToolServices {
  readonly music: Pick<MusicDesk, 'of' | 'ask'>;
}

/** Why music was not played, for the model. */
const refusals = {
  may_not_speak: 'the bot may not speak in this channel',
  queue_full: 'too many pieces wait already',
  nothing_found: 'nothing that fits was found',
  too_slow: 'the search took too long',
  no_folder: 'there is no collection of music here, only web addresses can be played',
  folder_unreadable: 'the collection of music cannot be read now',
  address_invalid: 'only http and https addresses without a password can be played',
} as const satisfies Record<Extract<MusicAnswer, { kind: 'refused' }>['reason'], string>;

const none = z.strictObject({});

/** Music, for whoever the agent listens to; the same queue as the command's. */
export const musicTools = (room: ToolRoom, { music }: MusicToolServices): readonly Tool[] => {
  const live = (): SessionMusic => {
    const found = music.of(room.live().info.guildId);
    if (found === null) throw new ToolError('unavailable', 'there is no music in this session');
    return found;
  };
  /** A tool that does something with what plays. */
  const control = (name: string, says: string, act: (now: SessionMusic) => string | Promise<string>): Tool =>
    defineTool({ name, says, args: none, right: 'heard', run: async () => await act(live()) });
  const or = (done: boolean, said: string, refused: string): string => {
    if (done) return said;
    throw new ToolError('refused', refused);
  };
  return [
    defineTool({
      name: 'play_music',
      says: 'Plays music in the voice channel: by a name, from the collection of this installation, or by a web address. If something plays already it waits in the queue, unless `when` says otherwise.',
      args: z.strictObject({
        what: z.string().trim().min(1).max(500).describe('title and artist, or an http(s) address'),
        when: z.enum(['last', 'next', 'now']).default('last').describe('`now` takes the place of what plays'),
      }),
      right: 'heard',
      run: async ({ what, when }, { speakers }) => {
        const wish = { asked: what, where: when, userIds: speakers };
        const answer = await music.ask(room.live().info.guildId, wish);
        if (answer === null) throw new ToolError('unavailable', 'there is no music in this session');
        return told(answer);
      },
    }),
    control('music_queue', 'Tells what plays and what waits.', (now) => JSON.stringify(now.view)),
    control('music_now_playing', 'Tells what plays now.', (now) => {
      const { title, phase, positionMs } = now.view;
      return title === null
        ? 'nothing plays'
        : JSON.stringify({ title, phase, seconds: Math.round(positionMs / 1000) });
    }),
    control('music_skip', 'Ends the piece that plays; the next one of the queue begins.', (now) => {
      const skip = now.skip();
      if (skip === null) throw new ToolError('refused', 'nothing plays');
      return JSON.stringify(skip);
    }),
    control('music_pause', 'Holds the music.', async (now) => or(await now.pause(), 'held', 'nothing plays')),
    control('music_resume', 'Lets held music go on.', async (now) =>
      or(await now.resume(), 'goes on', 'nothing is held'),
    ),
    control('music_stop', 'Ends the music and empties the queue.', (now) => or(now.stop(), 'ended', 'nothing plays')),
    defineTool({
      name: 'music_volume',
      says: 'Sets how loud music is.',
      args: z.strictObject({ percent: z.int().min(0).max(100) }),
      right: 'heard',
      run: async ({ percent }) => {
        await live().setVolume(percent);
        return `${percent} percent`;
      },
    }),
  ];
};

const told = (answer: MusicAnswer): string => {
  switch (answer.kind) {
    case 'loading':
      return JSON.stringify({ comesNow: answer.title });
    case 'queued':
      return JSON.stringify({ queued: answer.title, place: answer.place });
    case 'asked':
      return JSON.stringify({ severalFit: answer.titles, chosenBy: 'buttons in the text channel, by who asked' });
    case 'refused':
      throw new ToolError(answer.reason === 'nothing_found' ? 'not_found' : 'refused', refusals[answer.reason]);
  }
};
