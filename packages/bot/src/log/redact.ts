/** Shorter ones would be found in ordinary words. */
const shortestSecret = 8;
const hidden = '[redacted]';
const secretKey = /token|secret|password|authorization|cookie|api_?key|signature/i;
/** A Discord bot token: base64 of the id, of a time, and a signature. */
const tokenLike = /[\w-]{23,28}\.[\w-]{6,7}\.[\w-]{27,}/g;
/** Who holds the token in such a URL may answer in the bot's name (Discord: "Interactions", "Webhooks"); library errors carry the URL. */
const tokenUrl = /(\/(?:interactions|webhooks)\/\d+\/)[^/?#"\s\\]+/g;
/** What a request to Discord carried: whole files and messages to people, which are no log's business. */
const bodyKey = 'requestBody';
/** Whether a line may hold something to hide; the others need no second look. */
const suspicious = /pii|token|secret|password|authorization|cookie|api_?key|signature|requestBody/i;

/**
 * A JSON value fit for the log: text and objects under keys that name a secret are replaced, the bodies of
 * requests are left out, and so is `pii` (where speech stands) unless `withSpeech`.
 */
const sanitize = (value: unknown, withSpeech: boolean): unknown => {
  if (Array.isArray(value)) return value.map((item) => sanitize(item, withSpeech));
  if (typeof value !== 'object' || value === null) return value;
  const clean: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === bodyKey || (key === 'pii' && !withSpeech)) continue;
    clean[key] = secretKey.test(key) && isTelling(item) ? hidden : sanitize(item, withSpeech);
  }
  return clean;
};

/** Counts and switches beside a telling name (`tokens: 12`) give nothing away. */
const isTelling = (item: unknown): boolean =>
  item !== null && item !== undefined && typeof item !== 'boolean' && typeof item !== 'number';

/** Known secrets, and what looks like one, replaced in a text. */
export const textGate = (secrets: readonly string[]): ((text: string) => string) => {
  const known = secrets.filter((secret) => secret.length >= shortestSecret);
  return (text) => {
    let clean = text;
    for (const secret of known) clean = clean.replaceAll(secret, hidden);
    return clean.replaceAll(tokenLike, hidden).replaceAll(tokenUrl, `$1${hidden}`);
  };
};

/**
 * The last gate before a log line is written; it sees what pino has made of children, errors and messages. Known secrets and whatever
 * looks like a bot token are replaced wherever they stand.
 */
export const lineGate = (secrets: readonly string[], withSpeech: boolean): ((line: string) => string) => {
  const clean = textGate(secrets.map((secret) => JSON.stringify(secret).slice(1, -1)));
  return (line) => clean(suspicious.test(line) ? `${JSON.stringify(sanitize(JSON.parse(line), withSpeech))}\n` : line);
};
