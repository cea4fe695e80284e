import type { SessionMusic } from '../../agent/music/session-music.ts';
import type { UserMessage } from '../../notify/index.ts';
import { defineCommand } from './command.ts';

export const music = defineCommand({
  name: 'music',
  says: 'play music, hold it, skip it, end it',
  options: {
    action: {
      kind: 'choice',
      says: 'play (last in the row), next, now, list, pause, resume, skip, stop, volume',
      choices: ['play', 'next', 'now', 'list', 'pause', 'resume', 'skip', 'stop', 'volume'],
      required: true,
    },
    what: { kind: 'text', says: 'a name or a web address; for volume a number from 0 to 100', maxLength: 500 },
  },
  may: 'in_session',
  run: async ({ guildId, userId, args: { action, what } }, services): Promise<UserMessage> => {
    const { prefix } = services.settings;
    const found = services.music.of(guildId);
    const noSession: UserMessage = {
      kind: 'command_refused',
      details: { reason: 'no_session', name: 'music', prefix },
    };
    if (found === null) return noSession;
    if (action !== 'play' && action !== 'next' && action !== 'now') {
      return await controlled(found, action, what, { userId, prefix });
    }
    if (what === null) return { kind: 'music_refused', details: { reason: 'what_missing', prefix } };
    const where = action === 'play' ? 'last' : action;
    const answer = await services.music.ask(guildId, { asked: what, where, userIds: [userId] });
    return answer === null ? noSession : { kind: 'music_answer', details: answer };
  },
});

const controlled = async (
  now: SessionMusic,
  action: 'list' | 'pause' | 'resume' | 'skip' | 'stop' | 'volume',
  what: string | null,
  { userId, prefix }: { readonly userId: string; readonly prefix: string },
): Promise<UserMessage> => {
  const refused = (reason: 'nothing_plays' | 'nothing_held' | 'not_a_volume'): UserMessage => ({
    kind: 'music_refused',
    details: { reason, prefix },
  });
  const done = (outcome: 'paused' | 'resumed' | 'stopped'): UserMessage => ({
    kind: 'music_control',
    details: { outcome, userId },
  });
  switch (action) {
    case 'list':
      return { kind: 'music_list', details: { ...now.view, prefix } };
    case 'pause':
      return (await now.pause()) ? done('paused') : refused('nothing_plays');
    case 'resume':
      return (await now.resume()) ? done('resumed') : refused('nothing_held');
    case 'stop':
      return now.stop() ? done('stopped') : refused('nothing_plays');
    case 'skip': {
      const skip = now.skip();
      if (skip === null) return refused('nothing_plays');
      return { kind: 'music_control', details: { outcome: 'skipped', title: skip.skipped, next: skip.next, userId } };
    }
    case 'volume': {
      const percent = /^\d{1,3}\s*%?$/.test(what ?? '') ? Number.parseInt(what ?? '', 10) : Number.NaN;
      if (!(percent <= 100)) return refused('not_a_volume');
      await now.setVolume(percent);
      return { kind: 'music_control', details: { outcome: 'volume', percent, userId } };
    }
  }
};
