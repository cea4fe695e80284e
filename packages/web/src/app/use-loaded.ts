import { useCallback, useEffect, useState } from 'react';
import { ApiFailure } from '../api/client.ts';

export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'loaded'; readonly value: T }
  | { readonly state: 'failed'; readonly failure: ApiFailure };

/** Loads something, again whenever `load` changes or `reload` is called; what was loaded stays in sight meanwhile. */
export const useLoaded = <T>(load: (signal: AbortSignal) => Promise<T>): readonly [Loaded<T>, () => void] => {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: 'loading' });
  const [turn, setTurn] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn loads again
  useEffect(() => {
    const controller = new AbortController();
    load(controller.signal).then(
      (value) => {
        if (!controller.signal.aborted) setLoaded({ state: 'loaded', value });
      },
      (error: unknown) => {
        if (controller.signal.aborted) return;
        const failure =
          error instanceof ApiFailure ? error : new ApiFailure('internal', 'Something on this page failed.');
        setLoaded({ state: 'failed', failure });
      },
    );
    return () => controller.abort();
  }, [load, turn]);
  return [loaded, useCallback(() => setTurn((n) => n + 1), [])];
};
