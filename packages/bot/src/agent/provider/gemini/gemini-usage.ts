import { noUsage, type ProviderUsage } from '../provider-event.ts';
import { countOf, isObject, type JsonObject, listOf } from '../socket/json.ts';

/**
 * Tokens of a session, as `usageMetadata` counts them: from its beginning on. What is taken is what came since it was taken last. A count that
 * falls belongs to a session that began anew.
 */
export class GeminiUsage {
  #now: ProviderUsage = noUsage;
  #taken: ProviderUsage = noUsage;

  /** @param metadata `usageMetadata` of a message */
  hear(metadata: JsonObject): void {
    const next = countsOf(metadata);
    if (sumOf(next) < sumOf(this.#now)) this.#taken = noUsage;
    this.#now = next;
  }

  /** What was paid for since the last time. */
  take(): ProviderUsage {
    const [now, taken] = [this.#now, this.#taken];
    this.#taken = now;
    const since = (key: keyof ProviderUsage): number => Math.max(0, now[key] - taken[key]);
    return {
      inputTextTokens: since('inputTextTokens'),
      inputAudioTokens: since('inputAudioTokens'),
      cachedTextTokens: since('cachedTextTokens'),
      cachedAudioTokens: since('cachedAudioTokens'),
      outputTextTokens: since('outputTextTokens'),
      outputAudioTokens: since('outputAudioTokens'),
      characters: 0,
    };
  }
}

const sumOf = (usage: ProviderUsage): number =>
  Object.values(usage).reduce((sum: number, count: number) => sum + count, 0);

/** Cached tokens are part of the prompt's; sums without details count as audio, the dearer kind, so that a cap on money holds. */
const countsOf = (metadata: JsonObject): ProviderUsage => {
  const prompt = modalitiesOf(metadata, 'promptTokensDetails', 'promptTokenCount');
  const cached = modalitiesOf(metadata, 'cacheTokensDetails', 'cachedContentTokenCount');
  const said = modalitiesOf(metadata, 'responseTokensDetails', 'responseTokenCount');
  return {
    ...noUsage,
    inputTextTokens: Math.max(0, prompt.text - cached.text) + countOf(metadata, 'toolUsePromptTokenCount'),
    inputAudioTokens: Math.max(0, prompt.audio - cached.audio),
    cachedTextTokens: cached.text,
    cachedAudioTokens: cached.audio,
    outputTextTokens: said.text + countOf(metadata, 'thoughtsTokenCount'),
    outputAudioTokens: said.audio,
  };
};

const modalitiesOf = (metadata: JsonObject, details: string, sum: string): { text: number; audio: number } => {
  const listed = listOf(metadata, details).filter(isObject);
  if (listed.length === 0) return { text: 0, audio: countOf(metadata, sum) };
  const of = (isText: boolean): number =>
    listed
      .filter(({ modality }) => (modality !== 'AUDIO') === isText)
      .reduce((all, one) => all + countOf(one, 'tokenCount'), 0);
  return { text: of(true), audio: of(false) };
};
