import type { z } from 'zod';
import { alternatives, type SchemaNode, schemaTree, shapeName, typesOf } from './schema-node.ts';

type Row = [name: string, type: string, meaning: string];

/** One row for each field of a payload, its name after `mark`; a payload that is a named shape takes one row. */
export const fieldRows = (schema: z.ZodType, mark: string): Row[] => {
  const { root } = schemaTree(schema);
  const shape = shapeName(root);
  return shape === undefined ? rowsOf(root, mark) : [[`${mark}*all fields of*`, `\`${shape}\``, '']];
};

/** The named shapes that these payloads use: a row for each, then its fields. */
export const shapeRows = (schemas: readonly z.ZodType[]): Row[] => {
  const shapes = new Map(schemas.flatMap((schema) => Object.entries(schemaTree(schema).shapes)));
  return [...shapes]
    .sort(([a], [b]) => a.localeCompare(b, 'en'))
    .flatMap(([name, node]) => {
      const kind = node.properties ? 'object' : typeName(node);
      return [[`**\`${name}\`**`, kind, node.description ?? ''] satisfies Row, ...rowsOf(node, '')];
    });
};

const rowsOf = ({ properties = {}, required = [] }: SchemaNode, mark: string): Row[] =>
  Object.entries(properties).map(([key, node]) => [
    `${mark}\`${key}${required.includes(key) ? '' : '?'}\``,
    typeName(node),
    node.description ?? '',
  ]);

const typeName = (node: SchemaNode): string => {
  const shape = shapeName(node);
  if (shape !== undefined) return `\`${shape}\``;
  if (node.format === 'bin') return 'bin';
  if (node.const !== undefined) return `\`${JSON.stringify(node.const)}\``;
  if (node.enum) return node.enum.map((value) => `\`${String(value)}\``).join(', ');
  const among = alternatives(node);
  if (among) return among.map(typeName).join(' or ');
  if (node.properties)
    return `{${Object.entries(node.properties)
      .map(([key, child]) => `${key}: ${typeName(child)}`)
      .join(', ')}}`;
  const types = typesOf(node);
  return types.length === 0 ? 'anything' : types.map((type) => named(type, node)).join(' or ');
};

const named = (type: string, node: SchemaNode): string => {
  if (type === 'array') return `list of ${typeName(node.items ?? {})}`;
  if (type === 'object') {
    const values = typeof node.additionalProperties === 'object' ? typeName(node.additionalProperties) : 'anything';
    return `map of ${values}`;
  }
  return type === 'integer' || type === 'number' ? `${type}${range(node)}` : type;
};

/** Bounds worth naming: those of a safe integer are not. */
const range = ({ minimum, maximum }: SchemaNode): string => {
  const from = minimum === undefined || minimum <= Number.MIN_SAFE_INTEGER ? null : minimum;
  const to = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? null : maximum;
  if (from === null) return to === null ? '' : ` ≤ ${to}`;
  return to === null ? ` ≥ ${from}` : ` ${from}–${to}`;
};
