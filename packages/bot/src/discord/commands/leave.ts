import { defineCommand } from './command.ts';

export const leave = defineCommand({
  name: 'leave',
  says: 'stop recording, go, and hand over the mix',
  options: {},
  run: async ({ guildId, userId, via }, { coordinator }) => {
    const outcome = await coordinator.leave(guildId, userId, via);
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
});
