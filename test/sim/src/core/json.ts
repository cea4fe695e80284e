/** What came in as JSON and has not been looked at yet. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json | undefined;
}

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const asString = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;
export const asNumber = (value: Json | undefined): number | undefined =>
  typeof value === 'number' ? value : undefined;
export const asArray = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : []);

/** Parses JSON text; undefined when it is none. */
export const parseJson = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
};
