/**
 * What failed first, when giving things back failed as well: a disposal that throws wraps the error it follows in a
 * SuppressedError, whose own words say nothing to anybody.
 */
export const originalError = (error: unknown): unknown => {
  let original = error;
  while (original instanceof SuppressedError) original = original.suppressed;
  return original;
};
