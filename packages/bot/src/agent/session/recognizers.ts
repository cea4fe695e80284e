import type { Clock } from '@parley/protocol';
import type { GuildSettings } from '../../config/guild-settings.ts';
import type { Settings } from '../../config/settings-schema.ts';
import type { Logger } from '../../log.ts';
import { agentNeeds } from '../../policy/agent-readiness.ts';
import { AsrWords } from '../hearing/words/asr-words.ts';
import { FileWords } from '../hearing/words/file-words.ts';
import { SharedWords } from '../hearing/words/shared-words.ts';
import type { WordsSource } from '../hearing/words/words-source.ts';
import { defaultModel } from '../provider/models/model-table.ts';
import type { ProviderCapabilities } from '../provider/realtime-provider.ts';
import { ElevenLabsFileTranscriber } from '../provider/transcribe/elevenlabs-file-transcriber.ts';
import { OpenAiFileTranscriber } from '../provider/transcribe/openai-file-transcriber.ts';
import { OpenAiTranscriber } from '../provider/transcribe/openai-transcriber.ts';
import type { TranscriberConfig } from '../provider/transcriber.ts';
import type { AgentBudget } from './agent-budget.ts';
import { languageOf } from './language.ts';
import { readinessOf } from './readiness.ts';

export interface RecognizersOptions {
  readonly settings: Settings;
  readonly guild: () => GuildSettings;
  readonly supports: ProviderCapabilities['asr'];
  readonly clock: Clock;
  readonly logger: Logger;
  /** Speech that was paid for. */
  readonly spent: (spending: Parameters<AgentBudget['spent']>[0]) => void;
}

/** Without a trailing path, with `http`: what an API for files is asked at. */
const httpOf = (baseUrl: string): string => baseUrl.replace(/^ws/, 'http');

/** Who turns captures into words for the reply path of a guild; null: its model hears what is said itself. */
export const recognizerOf = (options: RecognizersOptions): WordsSource | null => {
  const { settings, guild, supports, clock, logger, spent } = options;
  const readiness = readinessOf(settings, guild(), supports);
  if (readiness === null) return null;
  const needs = agentNeeds(readiness);
  const { openai, elevenlabs, agent } = settings;
  const configFor = (model: string) => (): TranscriberConfig => ({
    ...languageOf(guild()),
    ...{ model, noiseReduction: agent.noiseReduction },
  });
  const spentOn = (model: string) => (audioMs: number, userId: string) =>
    spent({ role: 'transcription', model, speakers: [userId], audioMs });
  // In text-only mode nobody waits for an answer aloud: the words of whole pieces serve as well.
  if (needs.perUserAsr || needs.sharedAsr) {
    const model = openai.transcriptionModel ?? defaultModel('openai', 'live_transcription') ?? '';
    const { baseUrl, apiKey = '' } = openai;
    const warn = (code: string, message: string) =>
      logger.warn({ code, what: message }, 'a transcription socket warns');
    return new SharedWords(
      new AsrWords({
        transcriber: new OpenAiTranscriber({ baseUrl, apiKey, clock, warn }),
        ...{ config: configFor(model), perUser: needs.perUserAsr, clock, logger, spent: spentOn(model) },
      }),
    );
  }
  if (guild().replyPath === 'native') return null;
  const { transcriberProvider } = agent;
  if (transcriberProvider === 'elevenlabs' && needs.usesFileTurnTranscription) {
    const model = elevenlabs.transcriptionModel ?? defaultModel('elevenlabs', 'file_transcription') ?? '';
    const { baseUrl, apiKey = '' } = elevenlabs;
    const transcriber = new ElevenLabsFileTranscriber({
      ...{ apiKey, clock },
      ...(baseUrl === undefined ? {} : { baseUrl: httpOf(baseUrl) }),
    });
    return new SharedWords(
      new FileWords({ transcriber, config: configFor(model), clock, logger, spent: spentOn(model) }),
    );
  }
  const model = defaultModel('openai', 'file_transcription') ?? '';
  const transcriber = new OpenAiFileTranscriber({
    ...{ baseUrl: httpOf(openai.baseUrl), apiKey: openai.apiKey ?? '', clock },
  });
  return new SharedWords(
    new FileWords({ transcriber, config: configFor(model), clock, logger, spent: spentOn(model) }),
  );
};
