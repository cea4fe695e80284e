/** Who takes part in the demo, and what they say when. */
export const people = {
  ada: { username: 'ada', displayName: 'Ada' },
  ben: { username: 'ben', displayName: 'Ben' },
  cleo: { username: 'cleo', displayName: 'Cleo' },
} as const;

export type PersonKey = keyof typeof people;

/** One clip of `test/fixtures/speech`, begun `atMs` after the recording has started. */
export interface Line {
  readonly who: PersonKey;
  readonly clip: string;
  readonly atMs: number;
}

/** Everybody alone first, then Ada and Ben at once for a while, then Cleo alone again. */
export const lines: readonly Line[] = [
  { who: 'ada', clip: 'ada-1', atMs: 600 },
  { who: 'ben', clip: 'ben-1', atMs: 5_600 },
  { who: 'cleo', clip: 'cleo-1', atMs: 11_600 },
  { who: 'ada', clip: 'ada-2', atMs: 16_000 },
  { who: 'ben', clip: 'ben-2', atMs: 16_800 },
  { who: 'cleo', clip: 'cleo-2', atMs: 22_200 },
];
