import type { Command } from './command.ts';

export const join: Command = {
  name: 'join',
  says: 'come into your voice channel and record it, one track per person',
  personal: false,
  scoped: false,
  run: async ({ guildId, textChannelId, userId, via }, { coordinator, settings }) => {
    const outcome = await coordinator.join({ guildId, textChannelId, userId, via, intentConfidence: 1 });
    switch (outcome.kind) {
      case 'joined':
        // The notice stands in the channel already; only a slash command is owed an answer of its own.
        return via === 'slash' ? { kind: 'joining', details: { channelId: outcome.session.channelId } } : null;
      case 'switched':
        return { kind: 'switched', details: { channelId: outcome.session.channelId } };
      case 'refused':
        return { kind: 'join_refused', details: { denial: outcome.denial, prefix: settings.prefix } };
    }
  },
};
