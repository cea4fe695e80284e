import { useSyncExternalStore } from 'react';

/** Where one is. The server answers all of them with the same page. */
export type Place =
  | { readonly page: 'library'; readonly query: string }
  | { readonly page: 'session'; readonly id: string; readonly atMs: number | null }
  | { readonly page: 'unknown' };

/** Reads an address. `?t=` of a session is seconds, as in links that transcripts and searches give. */
export const placeOf = (pathname: string, search: string): Place => {
  const params = new URLSearchParams(search);
  if (pathname === '/') return { page: 'library', query: params.get('q') ?? '' };
  const session = /^\/s\/([\w-]+)$/.exec(pathname)?.[1];
  if (session === undefined) return { page: 'unknown' };
  const seconds = Number(params.get('t') ?? Number.NaN);
  return { page: 'session', id: session, atMs: seconds >= 0 ? seconds * 1000 : null };
};

const listeners = new Set<() => void>();

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  addEventListener('popstate', listener);
  return () => {
    listeners.delete(listener);
    removeEventListener('popstate', listener);
  };
};

export const usePlace = (): Place => {
  const href = useSyncExternalStore(subscribe, () => location.href);
  const { pathname, search } = new URL(href);
  return placeOf(pathname, search);
};

export const go = (href: string): void => {
  history.pushState(null, '', href);
  scrollTo(0, 0);
  for (const listener of listeners) listener();
};
