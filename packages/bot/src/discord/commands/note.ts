import { keepNote } from '../../session/keep-note.ts';
import { defineCommand } from './command.ts';

export const note = defineCommand({
  name: 'note',
  says: 'put a marker at this place of the recording',
  options: { text: { kind: 'text', says: 'what the marker says', maxLength: 200, required: true } },
  may: 'in_session',
  run: async ({ guildId, userId, args: { text } }, { coordinator, settings: { prefix } }) => {
    const session = coordinator.registry.of(guildId);
    const kept = session ? keepNote(session, userId, text) : null;
    if (kept) return { kind: 'note_kept', details: kept };
    const channelId = session?.channelId ?? '';
    return { kind: 'recording_control', details: { outcome: 'not_recording', channelId, userId, prefix } };
  },
});
