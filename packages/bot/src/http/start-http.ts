import type { Clock } from '@parley/protocol';
import { systemClock } from '@parley/protocol';
import fastify, { type FastifyInstance } from 'fastify';
import type { Settings } from '../config/settings-schema.ts';
import type { Logger } from '../log.ts';
import { ApiFailure } from './api/api-failure.ts';
import { downloads } from './downloads.ts';
import type { HealthReport } from './health.ts';
import type { LinkSigner } from './link-signer.ts';
import type { Metrics } from './metrics.ts';
import { limitRequests } from './request-limits.ts';

/** The HTTP server could not start. `port_in_use` and `address_unavailable` need another setting. */
export class HttpError extends Error {
  readonly code: 'port_in_use' | 'address_unavailable' | 'listen_failed';

  constructor(code: HttpError['code'], message: string, cause: unknown) {
    super(message, { cause });
    this.name = 'HttpError';
    this.code = code;
  }
}

export interface HttpOptions {
  readonly settings: { readonly http: Pick<Settings['http'], 'host' | 'port' | 'trustProxy'> };
  readonly health: () => HealthReport;
  readonly metrics: Metrics;
  readonly recordingsDir: string;
  /** Where exports lie. */
  readonly exportsDir: string;
  readonly logger: Logger;
  /** With it, signed links are served under `/dl/`. */
  readonly links?: LinkSigner;
  /** Whether a file of a recording may not be handed out now; by default all may. */
  readonly withholds?: (recordingSessionId: string, file: string) => Promise<boolean>;
  readonly clock?: Clock;
  /** Adds the pages; `ownUrl` is known once the server listens. */
  readonly pages?: (app: FastifyInstance, ownUrl: () => string) => Promise<void>;
}

export interface HttpServer extends AsyncDisposable {
  /** Where it listens, for this machine: `http://127.0.0.1:8787`. */
  readonly url: string;
  readonly port: number;
}

/** No page of ours runs scripts, is framed, or tells others where its visitor came from. */
const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
} as const;

/** Starts the HTTP server: `/healthz`, `/readyz`, `/metrics`, and `/dl/` with `links`. Rejects with `HttpError`. */
export const startHttp = async (options: HttpOptions): Promise<HttpServer> => {
  const app = fastify({
    logger: false,
    bodyLimit: 64 * 1024,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 200 },
    forceCloseConnections: true,
    trustProxy: trusted(options.settings.http.trustProxy),
  });
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(securityHeaders);
  });
  answerFailures(app, options.logger);
  operations(app, options);
  const { links, recordingsDir, exportsDir, clock = systemClock, withholds = async () => false } = options;
  if (links !== undefined) {
    await app.register(async (scope) => {
      await limitRequests(scope, 'download');
      downloads(scope, { recordingsDir, exportsDir, links, clock, withholds });
    });
  }

  let url = '';
  await options.pages?.(app, () => url);

  const { host, port } = options.settings.http;
  try {
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw listenError(error, host, port);
  }
  const address = app.server.address();
  const actual = typeof address === 'object' && address !== null ? address.port : port;
  url = `http://${urlHost(host)}:${actual}`;
  options.logger.info({ url }, 'HTTP server listens');
  return { url, port: actual, [Symbol.asyncDispose]: async () => void (await app.close()) };
};

/** Whose word about a request's origin is taken: the proxies that are named, and nobody else's. */
const trusted = (addresses: readonly string[]): string[] | false => (addresses.length === 0 ? false : [...addresses]);

const operations = (app: FastifyInstance, { health, metrics }: HttpOptions): void => {
  app.get('/healthz', async (_request, reply) => {
    const report = health();
    return reply
      .code(report.alive ? 200 : 503)
      .header('cache-control', 'no-store')
      .send(report);
  });
  app.get('/readyz', async (_request, reply) => {
    const { ready, problems } = health();
    return reply
      .code(ready ? 200 : 503)
      .header('cache-control', 'no-store')
      .send({ ready, problems });
  });
  app.get('/metrics', async (_request, reply) =>
    reply
      .header('cache-control', 'no-store')
      .type(metrics.registry.contentType)
      .send(await metrics.registry.metrics()),
  );
};

/** Failures say a code and nothing of our inside; the log has the rest. */
const answerFailures = (app: FastifyInstance, logger: Logger): void => {
  app.setNotFoundHandler((_request, reply) => {
    const failure = new ApiFailure('not_found');
    return reply.code(failure.status).send(failure.toAnswer());
  });
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof ApiFailure) return reply.code(error.status).send(error.toAnswer());
    const status = statusOf(error);
    if (status >= 500) logger.error({ err: error, route: request.routeOptions.url }, 'HTTP request failed');
    const code = status >= 500 ? 'internal' : status === 429 ? 'rate_limited' : 'bad_request';
    return reply.code(status).send(new ApiFailure(code).toAnswer());
  });
};

const statusOf = (error: unknown): number =>
  error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number' ? error.statusCode : 500;

const urlHost = (host: string): string => {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
};

const listenError = (error: unknown, host: string, port: number): HttpError => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE')
    return new HttpError(
      'port_in_use',
      `port ${port} on ${host} is in use by another program. Stop it, or choose another with PARLEY_HTTP_PORT (0 = any free one).`,
      error,
    );
  if (code === 'EADDRNOTAVAIL' || code === 'EACCES' || code === 'ENOTFOUND')
    return new HttpError(
      'address_unavailable',
      `the HTTP server cannot listen on ${host}:${port} (${code}). Check PARLEY_HTTP_HOST and PARLEY_HTTP_PORT.`,
      error,
    );
  return new HttpError(
    'listen_failed',
    `the HTTP server could not start: ${error instanceof Error ? error.message : String(error)}`,
    error,
  );
};
