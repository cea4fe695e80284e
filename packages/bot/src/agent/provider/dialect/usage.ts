import { noUsage, type ProviderUsage, type TranscriptionUsage } from '../provider-event.ts';
import { countOf, isObject, type JsonObject, objectOf } from '../socket/json.ts';

/**
 * Tokens of a `response.done` (OpenAI's API reference, "response.done"): there cached tokens are part of the input, here they are not.
 * Where a provider gives sums without details, they count as audio, the dearer kind, so that a cap on money holds.
 */
export const usageOf = (response: JsonObject): ProviderUsage => {
  const usage = objectOf(response, 'usage');
  const input = objectOf(usage, 'input_token_details');
  const output = objectOf(usage, 'output_token_details');
  const cached = objectOf(input, 'cached_tokens_details');
  const [cachedText, cachedAudio] = isObject(input.cached_tokens_details)
    ? [countOf(cached, 'text_tokens'), countOf(cached, 'audio_tokens')]
    : [countOf(input, 'cached_tokens'), 0];
  const detailed = isObject(usage.input_token_details);
  return {
    ...noUsage,
    inputTextTokens: Math.max(0, countOf(input, 'text_tokens') + countOf(input, 'image_tokens') - cachedText),
    inputAudioTokens: detailed
      ? Math.max(0, countOf(input, 'audio_tokens') - cachedAudio)
      : countOf(usage, 'input_tokens'),
    cachedTextTokens: cachedText,
    cachedAudioTokens: cachedAudio,
    outputTextTokens: countOf(output, 'text_tokens'),
    outputAudioTokens: isObject(usage.output_token_details)
      ? countOf(output, 'audio_tokens')
      : countOf(usage, 'output_tokens'),
  };
};

/** What a completed input transcription cost; null where it is not told. */
export const transcriptionUsageOf = (event: JsonObject): TranscriptionUsage | null => {
  const usage = objectOf(event, 'usage');
  if (usage.type === 'duration') return { per: 'second', seconds: countOf(usage, 'seconds') };
  if (usage.type !== 'tokens') return null;
  const input = objectOf(usage, 'input_token_details');
  const inputTextTokens = countOf(input, 'text_tokens');
  return {
    per: 'token',
    inputTextTokens,
    inputAudioTokens: Math.max(0, countOf(usage, 'input_tokens') - inputTextTokens),
    outputTextTokens: countOf(usage, 'output_tokens'),
  };
};
