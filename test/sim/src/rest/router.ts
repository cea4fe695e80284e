import type { RequestBody } from './body.ts';

export interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: RequestBody;
  readonly authorization: string | null;
  /** A named part of the route's path; empty when the route has none of that name. */
  param(name: string): string;
}

export interface RestAnswer {
  readonly status: number;
  /** Sent as JSON; a Buffer as it is; nothing for 204. */
  readonly body?: object | Buffer;
  readonly contentType?: string;
  /** Where a browser is sent on to. */
  readonly location?: string;
}

export interface Route {
  readonly method: string;
  /** As `/channels/:channel/messages`. */
  readonly path: string;
  /** Routes whose secret stands in the path ask for no token. */
  readonly open?: boolean;
  /** Whether a person's own token opens it too; the route looks at it. */
  readonly bearer?: boolean;
  handle(request: RestRequest): RestAnswer;
}

export const ok = (body: object): RestAnswer => ({ status: 200, body });
export const created = (body: object): RestAnswer => ({ status: 201, body });
export const noContent = (): RestAnswer => ({ status: 204 });

export interface Match {
  readonly route: Route;
  readonly params: ReadonlyMap<string, string>;
}

/** The first route that fits; parts of the path are decoded (`%40original`). */
export const matchRoute = (routes: readonly Route[], method: string, path: string): Match | null => {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  for (const route of routes) {
    if (route.method !== method) continue;
    const wanted = route.path.split('/').filter(Boolean);
    if (wanted.length !== parts.length) continue;
    const params = new Map<string, string>();
    const fits = wanted.every((piece, index) => {
      const part = parts[index] ?? '';
      if (piece.startsWith(':')) params.set(piece.slice(1), part);
      return piece.startsWith(':') || piece === part;
    });
    if (fits) return { route, params };
  }
  return null;
};
