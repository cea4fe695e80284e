/** A message of a provider: an object whose fields are not known to be what they should be. */
export type JsonObject = { readonly [key: string]: unknown };

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A field that holds text; null where it does not. */
export const textOf = (object: JsonObject, key: string): string | null => {
  const value = object[key];
  return typeof value === 'string' ? value : null;
};

/** A field that holds a finite number of at least 0; 0 where it does not. */
export const countOf = (object: JsonObject, key: string): number => {
  const value = object[key];
  return typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0;
};

/** A field that holds an object; an empty one where it does not. */
export const objectOf = (object: JsonObject, key: string): JsonObject => {
  const value = object[key];
  return isObject(value) ? value : {};
};

/** A field that holds a list; an empty one where it does not. */
export const listOf = (object: JsonObject, key: string): readonly unknown[] => {
  const value = object[key];
  return Array.isArray(value) ? value : [];
};
