import { isObject, type JsonObject, listOf } from '../socket/json.ts';

/** Mean log probability of a transcript's tokens; null where the provider does not tell them. */
export const confidenceOf = (event: JsonObject): number | null => {
  let sum = 0;
  let count = 0;
  for (const token of listOf(event, 'logprobs')) {
    if (!isObject(token) || typeof token.logprob !== 'number' || !Number.isFinite(token.logprob)) continue;
    sum += token.logprob;
    count += 1;
  }
  return count === 0 ? null : sum / count;
};
