import { maxDepth } from './limits.ts';

/** The frame's own array and the value inside it take two of the levels a decoder allows. */
const payloadDepth = maxDepth - 2;

/**
 * Says what keeps `payload` from being plain MessagePack, or null. Plain is: null, booleans, numbers, strings, Uint8Array, and arrays and
 * literal objects of these. The codec would write a Date as an extension the peer must refuse, an Error as an array, and an
 * Int16Array with the wrong length; a cycle would not end. They are refused here, where the caller can be named.
 */
export const notPlain = (payload: unknown): string | null => walk(payload, 'payload', 1);

const walk = (value: unknown, path: string, depth: number): string | null => {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
    case 'undefined':
      return null;
    case 'object':
      return value === null || value instanceof Uint8Array ? null : walkContainer(value, path, depth);
    default:
      return `${path} is a ${typeof value}`;
  }
};

const walkContainer = (value: object, path: string, depth: number): string | null => {
  if (depth > payloadDepth) return `it is nested deeper than ${payloadDepth}`;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) {
      const wrong = walk(value[index], path, depth + 1);
      if (wrong !== null) return wrong;
    }
    return null;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `${path} is a ${value.constructor.name}`;
  for (const key in value) {
    const wrong = walk((value as Record<string, unknown>)[key], key, depth + 1);
    if (wrong !== null) return wrong;
  }
  return null;
};
