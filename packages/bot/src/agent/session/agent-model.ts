import type { Clock } from '@parley/protocol';
import type { GuildSettings } from '../../config/guild-settings.ts';
import type { Settings } from '../../config/settings-schema.ts';
import type { AgentMode } from '../../policy/agent-readiness.ts';
import { ElevenLabsProvider } from '../provider/elevenlabs/elevenlabs-provider.ts';
import { GeminiProvider } from '../provider/gemini/gemini-provider.ts';
import { defaultModel } from '../provider/models/model-table.ts';
import type { UsedModel } from '../provider/models/model-warnings.ts';
import { OpenAiProvider } from '../provider/openai/openai-provider.ts';
import type { ProviderConfig, ProviderId, RealtimeProvider } from '../provider/realtime-provider.ts';
import type { TlsTrust } from '../provider/socket/dial.ts';
import { XaiProvider } from '../provider/xai/xai-provider.ts';
import { vendorNames } from './model-host.ts';

/** How a session's model is reached and set up. */
export interface AgentModel {
  readonly provider: RealtimeProvider;
  /** As people know it. */
  readonly vendor: string;
  readonly model: string;
  readonly voice: string;
  readonly inputTranscription: ProviderConfig['inputTranscription'];
  /** The model that tells what people said, where that is paid for besides; null: it is not. */
  readonly transcriptionModel: string | null;
}

/** The vendors behind the runtime modes. */
export const providerOfMode = {
  openai_realtime: 'openai',
  voice_agent: 'xai',
  gemini_realtime: 'gemini',
  elevenlabs_realtime: 'elevenlabs',
} as const satisfies Record<AgentMode, ProviderId>;

/** The realtime model a mode uses by these settings; empty: whatever the vendor gives. */
export const realtimeModelId = (settings: Settings, mode: AgentMode): string => {
  const provider = providerOfMode[mode];
  return settings[provider].model ?? defaultModel(provider, 'realtime') ?? '';
};

/** The models this installation would use, for the warnings at the start. Pure. */
export const usedModels = (settings: Settings): readonly UsedModel[] => {
  const { runtimeMode, openai } = settings;
  if (runtimeMode === 'record_only') return [];
  const provider = providerOfMode[runtimeMode];
  const transcription = openai.transcriptionModel;
  return [
    { provider, role: 'realtime', id: realtimeModelId(settings, runtimeMode) },
    ...(provider === 'openai' && transcription !== undefined
      ? [{ provider, role: 'input_transcription', id: transcription } as const]
      : []),
  ];
};

export interface OpenModelOptions {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly trust?: TlsTrust;
}

const providerOf = (mode: AgentMode, { settings, clock, trust = {} }: OpenModelOptions): RealtimeProvider => {
  switch (mode) {
    case 'openai_realtime': {
      const { baseUrl, apiKey = '' } = settings.openai;
      return new OpenAiProvider({ baseUrl, apiKey, clock, trust });
    }
    case 'voice_agent': {
      const { baseUrl, apiKey = '', sampleRate: rate, region } = settings.xai;
      return new XaiProvider({ baseUrl, apiKey, rate, region, clock, trust });
    }
    case 'gemini_realtime': {
      const { baseUrl, apiKey = '' } = settings.gemini;
      return new GeminiProvider({ apiKey, clock, trust, ...(baseUrl !== undefined && { baseUrl }) });
    }
    case 'elevenlabs_realtime': {
      const { baseUrl, apiKey = '' } = settings.elevenlabs;
      return new ElevenLabsProvider({ apiKey, clock, trust, ...(baseUrl !== undefined && { baseUrl }) });
    }
  }
};

/** The model of a guild's mode. */
export const openModel = (mode: AgentMode, options: OpenModelOptions): AgentModel => {
  const { settings } = options;
  const voice = {
    openai_realtime: settings.openai.voice,
    voice_agent: settings.xai.voice,
    gemini_realtime: settings.gemini.voice,
    elevenlabs_realtime: settings.elevenlabs.voiceId ?? '',
  }[mode];
  return {
    provider: providerOf(mode, options),
    vendor: vendorNames[mode],
    model: realtimeModelId(settings, mode),
    voice,
    inputTranscription: { model: settings.openai.transcriptionModel ?? null },
    transcriptionModel:
      mode === 'openai_realtime'
        ? (settings.openai.transcriptionModel ?? defaultModel('openai', 'input_transcription'))
        : null,
  };
};

/** The mode of a guild; null: it only records. */
export const modeOf = ({ runtimeMode }: Pick<GuildSettings, 'runtimeMode'>): AgentMode | null =>
  runtimeMode === 'record_only' ? null : runtimeMode;
