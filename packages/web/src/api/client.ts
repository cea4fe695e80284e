import type {
  ApiAnswer,
  ApiBody,
  ApiErrorCode,
  ApiParams,
  ApiQueryInput,
  ApiRouteName,
  apiRoutes,
} from '@parley/protocol/api';

type Routes = typeof apiRoutes;

/** The contract's methods and paths, without its schemas: those are for the server. The type keeps the two the same. */
const routes = {
  me: ['GET', '/api/me'],
  signInWays: ['GET', '/api/sign-in-ways'],
  signOut: ['POST', '/api/sign-out'],
  signOutEverywhere: ['DELETE', '/api/sign-ins'],
  recordings: ['GET', '/api/recordings'],
  recording: ['GET', '/api/recordings/:id'],
  peaks: ['GET', '/api/recordings/:id/peaks/:userId'],
  mix: ['GET', '/api/recordings/:id/mix'],
  track: ['GET', '/api/recordings/:id/tracks/:userId'],
  transcript: ['GET', '/api/recordings/:id/transcript'],
  note: ['POST', '/api/recordings/:id/notes'],
  erase: ['POST', '/api/recordings/:id/erase'],
  export: ['POST', '/api/recordings/:id/exports'],
  exportJob: ['GET', '/api/exports/:exportId'],
  exportFile: ['GET', '/api/exports/:exportId/file'],
  live: ['GET', '/api/recordings/:id/live'],
  search: ['GET', '/api/search'],
  openapi: ['GET', '/api/openapi.json'],
} as const satisfies { readonly [N in ApiRouteName]: readonly [Routes[N]['method'], Routes[N]['path']] };

/** `offline`: the server was not reached. */
export type FailureCode = ApiErrorCode | 'offline';

/** A call that did not go well; `message` is fit to be shown. */
export class ApiFailure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, message: string) {
    super(message);
    this.name = 'ApiFailure';
    this.code = code;
  }
}

/** A route's path with its parameters, encoded. */
export const pathOf = <N extends ApiRouteName>(name: N, params: ApiParams<N>): string =>
  routes[name][1].replaceAll(/:(\w+)/g, (_, key: string) =>
    encodeURIComponent(String((params as Record<string, unknown>)[key])),
  );

export interface CallOptions<N extends ApiRouteName> {
  readonly params: ApiParams<N>;
  readonly query?: ApiQueryInput<N>;
  readonly body?: ApiBody<N>;
  readonly signal?: AbortSignal;
}

/** Calls the server. The token against forged requests is learnt from `me` and sent with everything that changes something. */
export class ApiClient {
  #csrf = '';
  #fetch: typeof fetch;

  constructor(fetcher: typeof fetch = (...args) => fetch(...args)) {
    this.#fetch = fetcher;
  }

  /** @throws ApiFailure; the signal's reason when it was given up */
  async call<N extends ApiRouteName>(name: N, options: CallOptions<N>): Promise<ApiAnswer<N>> {
    const { params, query, body, signal } = options;
    const [method] = routes[name];
    const url = new URL(pathOf(name, params), location.href);
    for (const [key, value] of Object.entries(query ?? {})) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    const response = await this.#send(url, {
      method,
      credentials: 'same-origin',
      ...(signal ? { signal } : {}),
      ...(method === 'POST' ? { body: JSON.stringify(body ?? {}) } : {}),
      headers: {
        ...(method === 'GET' ? {} : { 'x-parley-csrf': this.#csrf }),
        ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      },
    });
    const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    if (!response.ok) throw failureOf(response.status, answer);
    if (name === 'me') this.#csrf = String(answer.csrf);
    return answer as ApiAnswer<N>;
  }

  async #send(url: URL, init: RequestInit): Promise<Response> {
    try {
      return await this.#fetch(url, init);
    } catch (error) {
      if (init.signal?.aborted) throw error;
      throw new ApiFailure('offline', 'Parley cannot be reached just now.');
    }
  }
}

const byStatus: Readonly<Record<number, ApiErrorCode>> = {
  401: 'not_signed_in',
  403: 'not_allowed',
  404: 'not_found',
  429: 'rate_limited',
};

const failureOf = (status: number, answer: Record<string, unknown>): ApiFailure => {
  const code = typeof answer.error === 'string' ? (answer.error as ApiErrorCode) : (byStatus[status] ?? 'internal');
  const message = typeof answer.message === 'string' ? answer.message : `The server answered with ${status}.`;
  return new ApiFailure(code, message);
};
