/** Does something with each of many, a few at a time; the results stand in the order of what they are of. Rejects with the first failure. */
export const fewAtOnce = async <T, R>(
  many: readonly T[],
  atOnce: number,
  work: (one: T) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = [];
  const left = many.entries();
  const worker = async (): Promise<void> => {
    for (const [place, one] of left) results[place] = await work(one);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, many.length) }, worker));
  return results;
};
