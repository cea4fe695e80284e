const hidden = '…';
const longestPreview = 600;

/** An address fit for the log: values of its query and whoever signs in with it are left out, names stay. */
export const redactUrl = (url: string): string => {
  if (!URL.canParse(url)) return '(no address)';
  const clean = new URL(url);
  if (clean.username !== '') clean.username = 'user';
  clean.password = '';
  clean.hash = '';
  const names = [...clean.searchParams.keys()];
  clean.search = '';
  return names.length === 0 ? clean.href : `${clean.href}?${names.map((name) => `${name}=${hidden}`).join('&')}`;
};

/** What looks like a key of a vendor, also one that is cut in the middle. */
const keyLike = /\b(?:sk|xai|gsk|rk)[-_][\w-]{6,}|\bAIza[\w-]{10,}|(?<=bearer\s)\S+/gi;

/** A text of at most 600 characters, without the secrets it may repeat; control characters become spaces. */
export const redactText = (text: string, secrets: readonly string[]): string => {
  let clean = text;
  for (const secret of secrets) if (secret.length >= 4) clean = clean.replaceAll(secret, hidden);
  return clean
    .replace(keyLike, hidden)
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, longestPreview);
};
