import { defineCommand } from './command.ts';

/** Seconds of a clip when nobody says how many. */
const defaultSeconds = 60;

export const clip = defineCommand({
  name: 'clip',
  says: 'post the last seconds of the recording',
  options: {
    seconds: { kind: 'integer', says: `how many seconds; ${defaultSeconds} by default`, min: 1, max: 300 },
    format: { kind: 'choice', says: 'ogg by default', choices: ['ogg', 'mp3'] },
  },
  may: 'in_session',
  run: async ({ guildId, textChannelId, userId, via, args }, { coordinator, exports, settings: { prefix } }) => {
    const run = coordinator.registry.of(guildId)?.recording.current;
    if (!run) return { kind: 'export_refused', details: { reason: 'not_recording', prefix } };
    const { recordingSessionId, folder } = run;
    const format = args.format === 'mp3' ? 'mp3' : 'mix-ogg';
    const taken = exports.request({
      ...{ kind: 'clip', recordingSessionId, folder, guildId, textChannelId, requestedByUserId: userId, format },
      ...{ from: null, to: null, lastSeconds: args.seconds ?? defaultSeconds, cutPauses: false },
    });
    if (!taken.accepted) return { kind: 'export_refused', details: { reason: 'queue_full', prefix } };
    // The clip itself is the answer, in a moment; an interaction has to hear something now.
    if (taken.ahead === 0 && (via === 'text' || via === 'mention')) return null;
    return {
      kind: 'export_started',
      details: { kind: 'clip', format, recordingSessionId, live: true, ahead: taken.ahead },
    };
  },
});
