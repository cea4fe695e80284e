import type { GuildSettings } from '../../config/guild-settings.ts';
import type { Settings } from '../../config/settings-schema.ts';
import type { AgentReadiness } from '../../policy/agent-readiness.ts';
import type { ProviderCapabilities } from '../provider/realtime-provider.ts';
import { modeOf } from './agent-model.ts';

const openAiHost = /(?:^|\.)openai\.com$/;
const xaiHost = /(?:^|\.)x\.ai$/;

/** A vendor's own API wants a key; a server of one's own may not. */
const isReachable = (apiKey: string | undefined, baseUrl: string | undefined, vendor: RegExp): boolean =>
  apiKey !== undefined || (baseUrl !== undefined && !vendor.test(new URL(baseUrl).hostname));

/**
 * What stands ready for the agent of a guild, for the join rules. Pure. @returns null where none is wanted
 * @param supports what the mode's provider can do, as far as transcription goes
 */
export const readinessOf = (
  settings: Settings,
  guild: GuildSettings,
  supports: ProviderCapabilities['asr'],
): AgentReadiness | null => {
  const mode = modeOf(guild);
  if (mode === null) return null;
  const { agent, openai, xai, gemini, elevenlabs, brain } = settings;
  const { replyPath, textOnlyMode } = guild;
  const { transcriptionMethod, transcriberProvider, usePerUserAsrBridge, ttsMode, ttsProvider } = agent;
  const keys = {
    openai: isReachable(openai.apiKey, openai.baseUrl, openAiHost),
    xai: isReachable(xai.apiKey, xai.baseUrl, xaiHost),
    gemini: gemini.apiKey !== undefined || gemini.baseUrl !== undefined,
    elevenlabs: elevenlabs.apiKey !== undefined || elevenlabs.baseUrl !== undefined,
  };
  const hasElevenLabsVoiceId = elevenlabs.voiceId !== undefined;
  return {
    settings: {
      ...{ mode, replyPath, textOnlyMode, transcriptionMethod, transcriberProvider, usePerUserAsrBridge },
      ...{ ttsMode, ttsProvider, hasElevenLabsVoiceId },
    },
    services: {
      keys,
      fileAsrReady: keys[transcriberProvider],
      speechSynthesisReady: ttsProvider === 'openai' ? keys.openai : keys.elevenlabs && hasElevenLabsVoiceId,
      brainReady: brain.baseUrl !== undefined && brain.model !== undefined,
      supports: { perUserAsr: supports.perUser, sharedAsr: supports.shared },
    },
  };
};
