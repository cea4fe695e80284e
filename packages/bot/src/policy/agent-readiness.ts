/** How the agent hears and speaks (05, "Providers"); `record_only` is the absence of an agent. */
export const agentModes = ['openai_realtime', 'voice_agent', 'gemini_realtime', 'elevenlabs_realtime'] as const;
export type AgentMode = (typeof agentModes)[number];

/** Who can transcribe files and speak through an audio API. */
export type AudioProvider = 'openai' | 'elevenlabs';

/** The agent's settings that the join rules look at. */
export interface AgentSettings {
  readonly mode: AgentMode;
  /** `native`: speech to the realtime model · `bridge`: text to the realtime model · `brain`: text to a text model, its answer to speech. */
  readonly replyPath: 'native' | 'bridge' | 'brain';
  readonly textOnlyMode: boolean;
  readonly transcriptionMethod: 'realtime_bridge' | 'file_wav';
  readonly transcriberProvider: AudioProvider;
  readonly usePerUserAsrBridge: boolean;
  readonly ttsMode: 'realtime' | 'api';
  readonly ttsProvider: AudioProvider;
  readonly hasElevenLabsVoiceId: boolean;
}

/** What stands ready for the agent: keys that are set, and services that answered. */
export interface AgentServices {
  readonly keys: { readonly [K in 'openai' | 'xai' | 'gemini' | 'elevenlabs']: boolean };
  readonly fileAsrReady: boolean;
  readonly speechSynthesisReady: boolean;
  readonly brainReady: boolean;
  /** What the realtime provider of the mode can do. */
  readonly supports: { readonly perUserAsr: boolean; readonly sharedAsr: boolean };
}

export interface AgentReadiness {
  readonly settings: AgentSettings;
  readonly services: AgentServices;
}

/** What follows from the settings; each name says what the session will need. */
export interface AgentNeeds {
  readonly usesFileTurnTranscription: boolean;
  readonly usesRealtimeBridgeAsr: boolean;
  readonly usesApiTts: boolean;
  readonly needsOpenAiAudioApi: boolean;
  readonly needsElevenLabsAudioApi: boolean;
  /** One transcription socket per speaker, or one for all; never both. */
  readonly perUserAsr: boolean;
  readonly sharedAsr: boolean;
}

/** The derived values of the join rules (04, "Join policy"), worked out in this one place. */
export const agentNeeds = ({ settings, services: { supports } }: AgentReadiness): AgentNeeds => {
  const { replyPath, transcriptionMethod, textOnlyMode, transcriberProvider, ttsMode, ttsProvider } = settings;
  const hearsText = replyPath !== 'native';
  const file = hearsText && transcriptionMethod === 'file_wav';
  const bridge = hearsText && transcriptionMethod === 'realtime_bridge' && !textOnlyMode;
  const apiTts = replyPath === 'brain' && ttsMode === 'api';
  const perUserAsr = bridge && supports.perUserAsr && settings.usePerUserAsrBridge;
  return {
    usesFileTurnTranscription: file,
    usesRealtimeBridgeAsr: bridge,
    usesApiTts: apiTts,
    needsOpenAiAudioApi: bridge || (file && transcriberProvider === 'openai') || (apiTts && ttsProvider === 'openai'),
    needsElevenLabsAudioApi: (file && transcriberProvider === 'elevenlabs') || (apiTts && ttsProvider === 'elevenlabs'),
    perUserAsr,
    sharedAsr: bridge && supports.sharedAsr && !perUserAsr,
  };
};
