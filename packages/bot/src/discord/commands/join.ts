import { defineCommand } from './command.ts';
import { heardBy } from './incognito.ts';

export const join = defineCommand({
  name: 'join',
  says: 'come into your voice channel and record it, one track per person',
  options: {},
  run: async ({ guildId, textChannelId, userId, via, intentConfidence }, { coordinator, settings }) => {
    const outcome = await coordinator.join({ guildId, textChannelId, userId, via, intentConfidence });
    switch (outcome.kind) {
      case 'joined':
        // The notice stands in the channel already; only an interaction is owed an answer of its own.
        if (via !== 'slash' && via !== 'button') return null;
        return outcome.session.recording.current === null
          ? {
              kind: 'incognito_control',
              details: {
                ...{ outcome: 'joined', userId, missing: [], recording: false },
                ...{ heardBy: heardBy(outcome.session, settings), prefix: settings.prefix },
              },
            }
          : { kind: 'joining', details: { channelId: outcome.session.channelId } };
      case 'switched':
        return {
          kind: 'switched',
          details: {
            channelId: outcome.session.channelId,
            recording: outcome.session.recording.current !== null,
          },
        };
      case 'refused':
        return { kind: 'join_refused', details: { denial: outcome.denial, prefix: settings.prefix } };
    }
  },
});
