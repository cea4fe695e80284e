import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | null = null;

const exposed = (): (() => void) => {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  return typeof gc === 'function' ? () => void gc({ type: 'minor' }) : () => {};
};

/**
 * Collects short-lived garbage now. Streams of audio leave a buffer every 64 kB, which V8 by itself lets pile up to about 64 MB,
 * since the objects that hold them are tiny. Takes well under a millisecond; call it every few megabytes.
 */
export const collectYoung = (): void => {
  collect ??= exposed();
  collect();
};
