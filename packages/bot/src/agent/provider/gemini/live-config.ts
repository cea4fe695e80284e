import { type LiveConnectConfig, Modality } from '@google/genai';
import type { ProviderConfig } from '../realtime-provider.ts';

/**
 * A session as Parley wants it (Google's Live API reference, "BidiGenerateContentSetup"): it speaks, it says what it heard and said, the
 * ends of turns are ours, it can be resumed, and its context is compressed instead of ending the session after 15 minutes.
 */
export const liveConfig = (config: ProviderConfig): LiveConnectConfig => {
  const { voice, instructions, tools, inputTranscription, resumeHandle } = config;
  return {
    responseModalities: [Modality.AUDIO],
    speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: voice } } },
    ...(instructions !== '' && { systemInstruction: { parts: [{ text: instructions }] } }),
    ...(tools.length > 0 && {
      tools: [
        {
          functionDeclarations: tools.map(({ name, description, parameters }) => ({
            ...{ name, description, parametersJsonSchema: parameters },
          })),
        },
      ],
    }),
    realtimeInputConfig: { automaticActivityDetection: { disabled: true } },
    ...(inputTranscription !== null && { inputAudioTranscription: {} }),
    outputAudioTranscription: {},
    sessionResumption: resumeHandle === null ? {} : { handle: resumeHandle },
    contextWindowCompression: { slidingWindow: {} },
  };
};
