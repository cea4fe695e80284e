/** Words as they are compared: lower case, without accents, apostrophes and punctuation. */
export const tokensOf = (text: string): string[] =>
  text
    .toLowerCase()
    .normalize('NFD')
    .replaceAll(/[\u0300-\u036f'’]/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((token) => token !== '');

/** How many letters have to be changed, added or left out to make one word of another. */
export const editDistance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
};

/** Whether `tokens` stand in `text` at `at`. */
export const standsAt = (text: readonly string[], tokens: readonly string[], at: number): boolean =>
  at >= 0 && tokens.length > 0 && tokens.every((token, index) => text[at + index] === token);
