const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** One or two characters that stand for a name where there is no picture; whole graphemes, so that emoji and accents stay whole. */
export const initialsOf = (name: string): string => {
  const words = name
    .trim()
    .split(/\s+/u)
    .filter((word) => word !== '');
  const firsts = words.map((word) => segmenter.segment(word)[Symbol.iterator]().next().value?.segment ?? '');
  const chosen = firsts.length > 1 ? [firsts[0], firsts.at(-1)] : firsts;
  return chosen.join('').toUpperCase() || '?';
};

/** One of the eight colours of lanes, the same for a person wherever they are shown together in this order. */
export const laneColour = (index: number): string => `var(--lane-${index % 8})`;
