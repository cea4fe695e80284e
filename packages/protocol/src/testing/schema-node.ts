import { z } from 'zod';

/** The part of JSON Schema that the catalogue's schemas come out as. */
export interface SchemaNode {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly oneOf?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  /** `bin` marks MessagePack's own type for bytes, which JSON has not. */
  readonly format?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
}

/** A schema's node, and the named shapes it refers to. */
export interface SchemaTree {
  readonly root: SchemaNode;
  readonly shapes: Readonly<Record<string, SchemaNode>>;
}

export const schemaTree = (schema: z.ZodType): SchemaTree => {
  const { $defs = {}, ...root } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as SchemaNode & {
    $defs?: Record<string, SchemaNode>;
  };
  return { root, shapes: $defs };
};

/** The name of the shape a node refers to. */
export const shapeName = (node: SchemaNode): string | undefined => node.$ref?.replace('#/$defs/', '');

/** A node itself, or the shape it refers to. */
export const resolve = (node: SchemaNode, { shapes }: SchemaTree): SchemaNode => {
  const name = shapeName(node);
  return name === undefined ? node : (shapes[name] ?? {});
};

export const alternatives = (node: SchemaNode): readonly SchemaNode[] | undefined => node.oneOf ?? node.anyOf;

export const typesOf = ({ type }: SchemaNode): readonly string[] =>
  type === undefined ? [] : typeof type === 'string' ? [type] : type;
