import type { z } from 'zod';
import { alternatives, resolve, type SchemaNode, type SchemaTree, schemaTree, typesOf } from './schema-node.ts';

/** `full`: every optional key, one element in each list. `bare`: required keys only, lists empty, null where it is allowed. */
export type SampleSize = 'full' | 'bare';

/** A payload that a schema accepts, always the same one. */
export const sampleOf = (schema: z.ZodType, size: SampleSize): unknown => {
  const tree = schemaTree(schema);
  return sample(tree.root, size, tree);
};

const sample = (written: SchemaNode, size: SampleSize, tree: SchemaTree): unknown => {
  const node = resolve(written, tree);
  if (node.format === 'bin') return size === 'full' ? Buffer.from([1, 0, 254, 255]) : Buffer.alloc(0);
  if (node.const !== undefined) return node.const;
  if (node.examples) return node.examples[0];
  if (node.enum) return size === 'full' ? node.enum.at(-1) : node.enum[0];
  const among = alternatives(node);
  if (among) return sample((size === 'full' ? among[0] : among.at(-1)) ?? {}, size, tree);
  const types = typesOf(node);
  if (size === 'bare' && types.includes('null')) return null;
  switch (types[0]) {
    case 'object':
      return object(node, size, tree);
    case 'array':
      return size === 'full' ? [sample(node.items ?? {}, size, tree)] : [];
    case 'string':
      return size === 'full' ? 'some words, é and 🎙' : 'x';
    case 'boolean':
      return size === 'full';
    case 'integer':
      return size === 'full' ? Math.min(node.maximum ?? 0, 70_000) : Math.max(node.minimum ?? 0, 0);
    case 'number':
      return size === 'full' ? Math.min(node.maximum ?? 12.25, 12.25) : Math.max(node.minimum ?? 0, 0);
    default:
      return size === 'full' ? { anything: [1, 'two', null] } : null;
  }
};

const object = (node: SchemaNode, size: SampleSize, tree: SchemaTree): Record<string, unknown> => {
  const entries = Object.entries(node.properties ?? {})
    .filter(([key]) => size === 'full' || node.required?.includes(key))
    .map(([key, child]) => [key, sample(child, size, tree)]);
  const { additionalProperties } = node;
  if (size === 'full' && typeof additionalProperties === 'object' && node.properties === undefined) {
    entries.push(['some_key', sample(additionalProperties, size, tree)]);
  }
  return Object.fromEntries(entries);
};
