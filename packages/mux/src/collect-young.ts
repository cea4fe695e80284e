import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** V8's own names: `last-resort` also moves together what is left, and gives the room back. */
interface Collection {
  readonly type: 'minor' | 'major';
  readonly flavor?: 'last-resort';
}

let collect: ((collection: Collection) => void) | null = null;

const exposed = (): ((collection: Collection) => void) => {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  return typeof gc === 'function' ? (collection) => void gc(collection) : () => {};
};

/**
 * Collects short-lived garbage now. Streams of audio leave a buffer every 64 kB, which V8 by itself lets pile up to about 64 MB,
 * since the objects that hold them are tiny. Takes well under a millisecond; call it every few megabytes.
 */
export const collectYoung = (): void => {
  collect ??= exposed();
  collect({ type: 'minor' });
};

/**
 * Collects everything now. For work that keeps buffers just long enough to grow old: tens of megabytes of them would wait for V8 to
 * look. Takes about 10 ms.
 */
export const collectOld = (): void => {
  collect ??= exposed();
  collect({ type: 'major' });
};

/** Collects everything and gives the room back to the system. For the end of a phase that needed much; takes about 50 ms. */
export const collectAll = (): void => {
  collect ??= exposed();
  collect({ type: 'major', flavor: 'last-resort' });
};
