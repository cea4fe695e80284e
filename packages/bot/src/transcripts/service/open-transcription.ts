import type { Clock } from '@parley/protocol';
import type { Settings } from '../../config/settings-schema.ts';
import { pageAt } from '../../discord/commands/transcript-scope.ts';
import type { Logger } from '../../log.ts';
import type { DiscordPort } from '../../session/discord-port.ts';
import type { Store } from '../../store/index.ts';
import type { Background } from '../../vox/background.ts';
import { transcribeCliPath } from '../cli-path.ts';
import { ChatModel } from '../text-model/chat-model.ts';
import { runTranscribeWith } from './run-transcribe.ts';
import { TranscriptionService } from './transcription-service.ts';
import { TranscriptionTeller } from './transcription-teller.ts';
import { withheldFrom } from './withheld.ts';

export interface OpenTranscriptionOptions {
  readonly settings: Settings;
  readonly store: Store;
  readonly discord: Pick<DiscordPort, 'post' | 'resolvePerson'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
}

/** Transcription as the settings want it; with `provider: none` it refuses every wish. */
export const openTranscription = (options: OpenTranscriptionOptions): TranscriptionService => {
  const { settings, store, discord, clock, logger, background } = options;
  const teller = new TranscriptionTeller({
    ...{ discord, store, clock, logger, background, prefix: settings.prefix },
    pageOf: (recordingSessionId) => pageAt(settings, recordingSessionId),
  });
  return new TranscriptionService({
    ...{ settings, store, clock, logger, background },
    run: runTranscribeWith({ cliPath: transcribeCliPath, logger }),
    withheld: withheldFrom({ store, discord }),
    tell: (recording, news) => teller.tell(recording, news),
    onEnd: () => teller[Symbol.dispose](),
  });
};

/** The text model that answers and sums up; null: none is set. */
export const openBrain = ({ brain }: Pick<Settings, 'brain'>, clock: Clock): ChatModel | null => {
  const { baseUrl, model, apiKey = null } = brain;
  return baseUrl === undefined || model === undefined ? null : new ChatModel({ baseUrl, model, apiKey, clock });
};
