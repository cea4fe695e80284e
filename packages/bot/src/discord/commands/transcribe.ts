import { recordingSessionIdPattern } from '@parley/protocol';
import type { MessageDetails, UserMessage } from '../../notify/user-message.ts';
import { defineCommand } from './command.ts';
import { scopeOf } from './transcript-scope.ts';

export const transcribe = defineCommand({
  name: 'transcribe',
  says: 'make a transcript of a recording',
  options: {
    recording: {
      kind: 'word',
      says: 'which one; the last one you may see by default',
      maxLength: 80,
      form: { pattern: recordingSessionIdPattern, like: 'the id of a recording, as `sessions` shows it' },
    },
  },
  suggest: {
    recording: async ({ guildId, userId }, services) => {
      const scope = scopeOf({ guildId, userId }, services);
      const rows = await services.store.recordings.visible({ ...scope, before: null, limit: 25 });
      return rows.map(({ recordingSessionId }) => recordingSessionId);
    },
  },
  run: async (call, services): Promise<UserMessage> => {
    const { store, transcription, settings } = services;
    const answer = (
      outcome: MessageDetails['transcription_asked']['outcome'],
      recordingSessionId: string | null,
    ): UserMessage => ({
      kind: 'transcription_asked',
      details: { outcome, recordingSessionId, prefix: settings.prefix },
    });
    const scope = scopeOf(call, services);
    const named = call.args.recording;
    if (named === null) {
      const [latest] = await store.recordings.visible({ ...scope, before: null, limit: 1 });
      if (latest === undefined) return answer('no_recording', null);
      return answer(await transcription.ask(latest.recordingSessionId), latest.recordingSessionId);
    }
    const row = await store.recordings.get(named);
    if (row === null || row.guildId !== call.guildId) return answer('no_recording', null);
    const may = scope.wholeGuilds.length > 0 || (await store.recordings.concerns(named, call.userId));
    return may ? answer(await transcription.ask(named), named) : answer('not_permitted', null);
  },
});
