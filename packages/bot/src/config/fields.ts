import { z } from 'zod';
import { guildSettingsSchema, idPattern } from './guild-settings.ts';
import { settingsSchema } from './settings-schema.ts';

/** One value of the settings, as the schema tells it. */
export interface Field {
  /** `http.port` */
  readonly path: string;
  /** Its name in the environment: `PARLEY_HTTP_PORT`, or a name of its own. */
  readonly env: string;
  readonly kind: 'string' | 'number' | 'integer' | 'boolean' | 'list' | 'json';
  /** What is allowed, in words. */
  readonly allowed: string;
  /** undefined: there is none. */
  readonly default: unknown;
  readonly description: string;
  readonly secret: boolean;
}

/** The parts of JSON Schema that our settings use, plus our own meta `env` and `secret`. */
const nodeSchema = z.object({
  type: z.enum(['object', 'string', 'number', 'integer', 'boolean', 'array']),
  description: z.string().optional(),
  default: z.unknown().optional(),
  enum: z.array(z.string()).optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  minLength: z.number().optional(),
  maxLength: z.number().optional(),
  maxItems: z.number().optional(),
  format: z.string().optional(),
  pattern: z.string().optional(),
  env: z.string().optional(),
  secret: z.boolean().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  /** Of a URL, in words. */
  schemes: z.string().optional(),
  items: z
    .looseObject({ type: z.string().optional(), pattern: z.string().optional(), maxLength: z.number().optional() })
    .optional(),
});
type Node = z.infer<typeof nodeSchema>;

/** `segment.silenceMs` → `PARLEY_SEGMENT_SILENCE_MS` */
export const envNameOf = (path: string): string =>
  `PARLEY_${path
    .replaceAll('.', '_')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()}`;

const bounds = (minimum: number | undefined, maximum: number | undefined): string => {
  const low = minimum !== undefined && minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const high = maximum !== undefined && maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  if (low !== undefined) return ` of at least ${low}`;
  return high === undefined ? '' : ` of at most ${high}`;
};

/** A list whose members are more than a word: given as JSON. */
const isJson = ({ type, items }: Node): boolean => type === 'array' && items?.type === 'object';

const itemsOf = (node: Node): string => {
  const { items } = node;
  if (isJson(node)) return 'objects, as a JSON list';
  if (Array.isArray(items?.enum)) return `of ${items.enum.join(', ')}`;
  if (items?.pattern === idPattern.source) return 'Discord ids of 17 to 20 digits';
  return items?.maxLength === undefined
    ? 'IP addresses or networks (10.0.0.0/8)'
    : `names of up to ${items.maxLength} letters`;
};

const allowedOf = (node: Node): string => {
  if (node.enum !== undefined) return node.enum.join(' | ');
  switch (node.type) {
    case 'integer':
      return `a whole number${bounds(node.minimum, node.maximum)}`;
    case 'number':
      return `a number${bounds(node.minimum, node.maximum)}`;
    case 'boolean':
      return 'true | false';
    case 'array':
      return `at most ${node.maxItems ?? 'any number of'} ${itemsOf(node)}`;
    default:
      if (node.format === 'uri') return `a URL with ${node.schemes ?? 'http or https'}`;
      if (node.pattern === idPattern.source) return 'a Discord id of 17 to 20 digits';
      return node.maxLength === undefined ? 'text' : `text of ${node.minLength ?? 0} to ${node.maxLength} characters`;
  }
};

const nullableSchema = z.object({
  anyOf: z.tuple([z.record(z.string(), z.unknown()), z.object({ type: z.literal('null') })]),
});

/** A value that may be null as the value it may be besides: null means the same as having none. */
const withoutNull = (schema: unknown): unknown => {
  const nullable = nullableSchema.safeParse(schema);
  if (!nullable.success) return schema;
  const { anyOf, ...rest } = z.looseObject(nullableSchema.shape).parse(schema);
  return { ...rest, ...anyOf[0] };
};

const walk = (schema: unknown, path: string): Field[] => {
  const node = nodeSchema.parse(withoutNull(schema));
  if (node.type === 'object')
    return Object.entries(node.properties ?? {}).flatMap(([key, child]) =>
      walk(child, path === '' ? key : `${path}.${key}`),
    );
  return [
    {
      path,
      env: node.env ?? envNameOf(path),
      kind: isJson(node) ? 'json' : node.type === 'array' ? 'list' : node.type,
      allowed: allowedOf(node),
      default: node.default,
      description: node.description ?? '',
      secret: node.secret ?? false,
    },
  ];
};

/** Every setting, in the order of the schema. */
export const settingsFields: readonly Field[] = walk(z.toJSONSchema(settingsSchema, { io: 'input' }), '');

/** What a guild may set for itself. `env` means nothing here: a guild's values stand in the store. */
export const guildFields: readonly Field[] = walk(z.toJSONSchema(guildSettingsSchema, { io: 'input' }), '');

/** Text as the kind of value the setting has; what does not look like it stays text, which the schema then refuses. */
export const valueFromText = ({ kind }: Pick<Field, 'kind'>, raw: string): unknown => {
  const text = raw.trim();
  switch (kind) {
    case 'integer':
    case 'number':
      return /^[+-]?\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
    case 'boolean':
      if (/^(?:true|1|yes|on)$/i.test(text)) return true;
      return /^(?:false|0|no|off)$/i.test(text) ? false : text;
    case 'list':
      return text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
    case 'json':
      try {
        return JSON.parse(text);
      } catch {
        return text;
      }
    case 'string':
      return text;
  }
};

/** A value as it may be shown: secrets masked, long texts cut. */
export const shownValue = (field: Pick<Field, 'secret'> | undefined, value: unknown): string => {
  const isEmpty = value === undefined || value === '' || (Array.isArray(value) && value.length === 0);
  if (field?.secret === true) return isEmpty ? '(not set)' : '********';
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '(not set)');
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
};

/** Every secret that is set, to be kept out of whatever is written. */
export const secretsOf = (settings: unknown): string[] =>
  settingsFields.filter(({ secret }) => secret).flatMap(({ path }) => secretTexts(valueAt(settings, path)));

/** A shorter header is no key: to take every `1` out of what is written would help nobody. */
const shortestSecret = 6;

/** What of a secret value is secret: a text, or the headers of servers, with and without their scheme. */
const secretTexts = (value: unknown): string[] => {
  if (typeof value === 'string') return [value];
  if (!Array.isArray(value)) return [];
  return value
    .flatMap((server: { readonly headers?: Readonly<Record<string, string>> }) => Object.values(server.headers ?? {}))
    .flatMap((header) => [header, header.slice(header.lastIndexOf(' ') + 1)])
    .filter((text) => text.length >= shortestSecret);
};

/** What stands at a path such as `http.port`; undefined where nothing does. */
export const valueAt = (source: unknown, path: string): unknown =>
  path
    .split('.')
    .reduce<unknown>((at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined), source);
