import { defineCommand } from './command.ts';

export const note = defineCommand({
  name: 'note',
  says: 'put a marker with a few words at this place of the recording',
  options: { text: { kind: 'text', says: 'what the marker says', maxLength: 200, required: true } },
  may: 'in_session',
  run: async ({ guildId, userId, args: { text } }, { coordinator, settings: { prefix } }) => {
    const session = coordinator.registry.of(guildId);
    const run = session?.recording.current;
    if (!session || !run) {
      const channelId = session?.channelId ?? '';
      return { kind: 'recording_control', details: { outcome: 'not_recording', channelId, userId, prefix } };
    }
    const atMs = run.elapsedMs;
    const words = text.replaceAll(/\s+/g, ' ');
    session.recording.note({ type: 'marker', userId, text: words });
    session.reports.news.add({
      recordingSessionId: run.recordingSessionId,
      kind: 'note',
      sample: run.nowSample(),
      userId,
      text: words,
    });
    session.announcer.happened({ kind: 'note_kept', details: { text: words, userId, atMs } });
    return { kind: 'note_kept', details: { text: words, userId, atMs } };
  },
});
