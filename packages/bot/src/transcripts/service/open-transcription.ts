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
import { TranscriptWithdrawals } from './transcript-withdrawals.ts';
import { TranscriptionService } from './transcription-service.ts';
import { TranscriptionTeller } from './transcription-teller.ts';
import { withheldAmong, withheldFrom } from './withheld.ts';

export interface OpenTranscriptionOptions {
  readonly settings: Settings;
  readonly store: Store;
  readonly discord: Pick<DiscordPort, 'post' | 'resolvePerson'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly background: Background;
}

export interface OpenedTranscription {
  readonly transcription: TranscriptionService;
  readonly withdrawals: TranscriptWithdrawals;
}

/** Transcription as the settings want it; with `provider: none` it refuses every wish, and what people withdraw goes all the same. */
export const openTranscription = (options: OpenTranscriptionOptions): OpenedTranscription => {
  const { settings, store, discord, clock, logger, background } = options;
  const teller = new TranscriptionTeller({
    ...{ discord, store, clock, logger, background, prefix: settings.prefix },
    pageOf: (recordingSessionId) => pageAt(settings, recordingSessionId),
  });
  const transcription = new TranscriptionService({
    ...{ settings, store, clock, logger, background },
    run: runTranscribeWith({ cliPath: transcribeCliPath, logger }),
    withheld: withheldFrom({ store, discord }),
    tell: (recording, news) => teller.tell(recording, news),
    onEnd: () => teller[Symbol.dispose](),
  });
  const among = withheldAmong({ store, discord });
  const withdrawals = new TranscriptWithdrawals({ store, transcription, among, clock, logger, background });
  return { transcription, withdrawals };
};

/** The text model that answers and sums up; null: none is set. */
export const openBrain = ({ brain }: Pick<Settings, 'brain'>, clock: Clock): ChatModel | null => {
  const { baseUrl, model, apiKey = null } = brain;
  return baseUrl === undefined || model === undefined ? null : new ChatModel({ baseUrl, model, apiKey, clock });
};
