import { type AgentMode, type AgentNeeds, type AgentReadiness, agentNeeds } from './agent-readiness.ts';
import { type Denial, deny } from './denial.ts';
import type { JoinRule } from './join-rule.ts';

/** A rule about the agent; where none is wanted it has nothing to say. */
const onAgent =
  (rule: (agent: AgentReadiness, needs: AgentNeeds) => Denial | null): JoinRule =>
  ({ agent }) =>
    agent === null ? null : rule(agent, agentNeeds(agent));

/** Denies when the mode's own provider has no key. */
const modeWithoutKey = (
  mode: AgentMode,
  provider: keyof AgentReadiness['services']['keys'],
  denial: (mode: AgentMode) => Denial,
): JoinRule =>
  onAgent(({ settings, services }) =>
    settings.mode === mode && !services.keys[provider] ? denial(settings.mode) : null,
  );

/** Rule 8. */
export const xaiApiKeyMissing = modeWithoutKey('voice_agent', 'xai', (mode) => deny('xai_api_key_missing', { mode }));
/** Rule 9. */
export const openAiApiKeyMissing = modeWithoutKey('openai_realtime', 'openai', (mode) =>
  deny('openai_api_key_missing', { mode }),
);
/** Rule 10. */
export const geminiApiKeyMissing = modeWithoutKey('gemini_realtime', 'gemini', (mode) =>
  deny('gemini_api_key_missing', { mode }),
);
/** Rule 11. */
export const elevenLabsApiKeyMissing = modeWithoutKey('elevenlabs_realtime', 'elevenlabs', (mode) =>
  deny('elevenlabs_api_key_missing', { mode }),
);

/** Rule 12. */
export const elevenLabsAudioKeyMissing = onAgent(({ settings, services }, needs) => {
  if (!needs.needsElevenLabsAudioApi || services.keys.elevenlabs) return null;
  const { mode, transcriptionMethod, replyPath, ttsMode, transcriberProvider } = settings;
  const transcribes = needs.usesFileTurnTranscription && transcriberProvider === 'elevenlabs';
  const providerRole = transcribes ? 'transcription' : 'tts';
  return deny('elevenlabs_api_key_missing', { mode, transcriptionMethod, replyPath, ttsMode, providerRole });
});

/** Rule 13: ElevenLabs only speaks; what to say has to come from a text model. */
export const elevenLabsNeedsBrain = onAgent(({ settings: { mode, replyPath } }) =>
  mode === 'elevenlabs_realtime' && replyPath !== 'brain'
    ? deny('elevenlabs_full_brain_required', { mode, replyPath })
    : null,
);

/** Rule 14. */
export const elevenLabsVoiceIdMissing = onAgent(({ settings: { mode, ttsMode, hasElevenLabsVoiceId } }) =>
  mode === 'elevenlabs_realtime' && !hasElevenLabsVoiceId
    ? deny('elevenlabs_voice_id_missing', { mode, ttsMode })
    : null,
);

/** Rule 15. */
export const elevenLabsTranscriberNeedsBrain = onAgent(({ settings: { mode, replyPath, transcriberProvider } }) =>
  transcriberProvider === 'elevenlabs' && replyPath !== 'brain'
    ? deny('elevenlabs_full_brain_required', { mode, replyPath, providerRole: 'transcription' })
    : null,
);

/** Rule 16. */
export const elevenLabsTranscriberNeedsFiles = onAgent(
  ({ settings: { mode, transcriptionMethod, transcriberProvider } }) =>
    transcriberProvider === 'elevenlabs' && transcriptionMethod !== 'file_wav'
      ? deny('elevenlabs_file_asr_required', { mode, transcriptionMethod, transcriberProvider })
      : null,
);

/** Rule 17; with OpenAI as the runtime rule 9 has said it. */
export const openAiAudioApiKeyMissing = onAgent(({ settings, services }, needs) => {
  const { mode, transcriptionMethod, ttsMode } = settings;
  return needs.needsOpenAiAudioApi && !services.keys.openai && mode !== 'openai_realtime'
    ? deny('openai_audio_api_key_missing', { mode, transcriptionMethod, ttsMode })
    : null;
});

/** Rule 18. */
export const fileAsrUnavailable = onAgent(({ settings, services }, needs) => {
  const { mode, transcriptionMethod, transcriberProvider } = settings;
  return needs.usesFileTurnTranscription && !services.fileAsrReady
    ? deny('voice_file_asr_unavailable', { mode, transcriptionMethod, transcriberProvider })
    : null;
});

/** Rule 19. */
export const apiTtsUnavailable = onAgent(({ settings: { mode, ttsMode, ttsProvider }, services }, needs) =>
  needs.usesApiTts && !services.speechSynthesisReady
    ? deny('voice_api_tts_unavailable', { mode, ttsMode, ttsProvider })
    : null,
);

/** Rule 20. */
export const brainUnavailable = onAgent(({ settings: { mode, replyPath }, services }) =>
  replyPath === 'brain' && !services.brainReady ? deny('voice_brain_unavailable', { mode, replyPath }) : null,
);
