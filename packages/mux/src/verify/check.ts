/** One thing that was checked, with the numbers that were compared. */
export interface Check {
  /** What the check belongs to: `recording`, `journal`, a file, a person. */
  readonly subject: string;
  readonly name: string;
  readonly ok: boolean;
  /** The numbers, in words. */
  readonly detail: string;
}

/** A check that two numbers are the same. */
export const same = (subject: string, name: string, found: number | string, wanted: number | string): Check => ({
  ...{ subject, name, ok: found === wanted },
  detail: found === wanted ? `${found}` : `${found}, should be ${wanted}`,
});

/** A check that a number is at most another one. */
export const atMost = (subject: string, name: string, found: number, most: number, unit = ''): Check => ({
  ...{ subject, name, ok: found <= most },
  detail: `${found}${unit} (at most ${most}${unit})`,
});

/** Something that has to be true. */
export const holds = (subject: string, name: string, ok: boolean, detail: string): Check => ({
  ...{ subject, name, ok, detail },
});
