const hidden = '[redacted]';
const secretKey = /token|secret|password|authorization|cookie|api_?key|signature/i;
/** A Discord bot token: base64 of the id, of a time, and a signature. */
const tokenLike = /[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}/g;
const maxDepth = 6;

/**
 * An object fit for the log: values under keys that name a secret are replaced, `pii` (where speech stands) is left out unless
 * `withSpeech`. Errors and other class instances pass as they are: pino's serializers turn them into text, `hideSecrets` cleans that.
 */
export const sanitize = (value: Record<string, unknown>, withSpeech: boolean, depth = 0): Record<string, unknown> => {
  const clean: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === 'pii' && !withSpeech) continue;
    if (secretKey.test(key) && item !== null && typeof item !== 'boolean' && typeof item !== 'number')
      clean[key] = hidden;
    else
      clean[key] =
        isPlain(item) && depth < maxDepth ? sanitize(item, withSpeech, depth + 1) : cleanList(item, withSpeech, depth);
  }
  return clean;
};

const cleanList = (item: unknown, withSpeech: boolean, depth: number): unknown =>
  Array.isArray(item) && depth < maxDepth
    ? item.map((entry) => (isPlain(entry) ? sanitize(entry, withSpeech, depth + 1) : entry))
    : item;

const isPlain = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
};

/** A finished log line without the known secrets and without anything that looks like a bot token, wherever it stood. */
export const hideSecrets = (secrets: readonly string[]): ((line: string) => string) => {
  const known = secrets.filter((secret) => secret.length >= 8).map((secret) => JSON.stringify(secret).slice(1, -1));
  return (line) => {
    let clean = line;
    for (const secret of known) clean = clean.replaceAll(secret, hidden);
    return clean.replaceAll(tokenLike, hidden);
  };
};
