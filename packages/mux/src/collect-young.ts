import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

type Generation = 'minor' | 'major';

let collect: ((type: Generation) => void) | null = null;

const exposed = (): ((type: Generation) => void) => {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  return typeof gc === 'function' ? (type) => void gc({ type }) : () => {};
};

/**
 * Collects short-lived garbage now. Streams of audio leave a buffer every 64 kB, which V8 by itself lets pile up to about 64 MB,
 * since the objects that hold them are tiny. Takes well under a millisecond; call it every few megabytes.
 */
export const collectYoung = (): void => {
  collect ??= exposed();
  collect('minor');
};

/**
 * Collects everything now. For work that keeps buffers just long enough to grow old: tens of megabytes of them would wait for V8 to
 * look. Takes about 10 ms.
 */
export const collectOld = (): void => {
  collect ??= exposed();
  collect('major');
};
