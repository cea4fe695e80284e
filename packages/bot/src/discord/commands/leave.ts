import type { Command } from './command.ts';

export const leave: Command = {
  name: 'leave',
  says: 'stop recording, go, and hand over the mix',
  personal: false,
  scoped: false,
  run: async ({ guildId, userId, via }, { coordinator }) => {
    const outcome = await coordinator.leave(guildId, userId, via === 'slash' ? 'slash' : 'text');
    switch (outcome.kind) {
      case 'leaving':
        return { kind: 'leaving', details: { channelId: outcome.channelId } };
      case 'not_in_voice':
        return { kind: 'leave_refused', details: { reason: 'not_in_voice' } };
      case 'not_permitted':
        return {
          kind: 'leave_refused',
          details: { reason: 'requester_not_permitted', startedBy: outcome.startedBy },
        };
    }
  },
};
