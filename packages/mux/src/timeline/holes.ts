import type { Hole } from '../formats/hole.ts';

const keyOf = (hole: Hole): string => `${hole.reason}/${hole.userId ?? ''}`;

/** Sorts holes by their start and joins those of one person and reason that touch or overlap; empty ones go. */
export const mergeHoles = (holes: readonly Hole[]): Hole[] => {
  const merged: Hole[] = [];
  const open = new Map<string, number>();
  for (const hole of holes.toSorted((a, b) => a.fromSample - b.fromSample || a.toSample - b.toSample)) {
    if (hole.toSample <= hole.fromSample) continue;
    const at = open.get(keyOf(hole));
    const before = at === undefined ? undefined : merged[at];
    if (at !== undefined && before !== undefined && hole.fromSample <= before.toSample) {
      merged[at] = { ...before, toSample: Math.max(before.toSample, hole.toSample) };
    } else {
      open.set(keyOf(hole), merged.length);
      merged.push(hole);
    }
  }
  return merged;
};

/** Cuts holes to `[0, durationSamples)` and merges them. */
export const clipHoles = (holes: readonly Hole[], durationSamples: number): Hole[] =>
  mergeHoles(
    holes.map((hole) => ({
      ...hole,
      fromSample: Math.min(Math.max(hole.fromSample, 0), durationSamples),
      toSample: Math.min(Math.max(hole.toSample, 0), durationSamples),
    })),
  );
