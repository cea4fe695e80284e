import type { JsonObject } from '../socket/json.ts';

/** Models that tell how sure they are of each token; others refuse to be asked (OpenAI's API reference, "Create transcription"). */
export const tellsConfidence = (model: string): boolean => /^gpt-4o.*-transcribe/.test(model);

/** The part of a session that asks for how sure the model is; empty where it does not tell. */
export const confidenceAsked = (model: string): JsonObject =>
  tellsConfidence(model) ? { include: ['item.input_audio_transcription.logprobs'] } : {};

/** How speech is to be understood; `gpt-realtime-whisper` refuses a prompt (types of OpenAI's package, `AudioTranscription`). */
export const transcriptionSettings = (wanted: {
  readonly model: string;
  readonly language: string;
  readonly prompt: string;
}): JsonObject => {
  const { model, language, prompt } = wanted;
  return {
    model,
    ...(language !== '' && { language }),
    ...(prompt !== '' && model !== 'gpt-realtime-whisper' && { prompt }),
  };
};
