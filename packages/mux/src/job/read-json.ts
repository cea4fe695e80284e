import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { systemCode } from '../mux-error.ts';

export type ReadJson<T> =
  | { readonly found: 'valid'; readonly value: T; readonly raw: Readonly<Record<string, unknown>> }
  | { readonly found: 'missing' }
  | { readonly found: 'invalid'; readonly reason: string };

/** Reads and checks a JSON file. Never throws for what is in it; @throws the file system's error other than "not there" */
export const readJson = <T>(path: string, schema: z.ZodType<T>): ReadJson<T> => {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return { found: 'missing' };
    throw error;
  }
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return { found: 'invalid', reason: 'not JSON' };
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return { found: 'valid', value: parsed.data, raw: raw as Record<string, unknown> };
  const [issue] = parsed.error.issues;
  return { found: 'invalid', reason: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'does not fit'}` };
};
