import { type ApiRoute, type ApiRouteName, apiRoutes } from '@parley/protocol/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { RecordingAccess } from '../access/recording-access.ts';
import type { Viewer } from '../access/viewer.ts';
import { sameText } from '../auth/secret.ts';
import type { ApiHandlers } from './api-call.ts';
import { ApiFailure } from './api-failure.ts';

export interface RegisterApiOptions {
  readonly handlers: ApiHandlers;
  readonly access: RecordingAccess;
  /** Who asks; null: nobody known. @throws StoreError */
  readonly viewerOf: (request: FastifyRequest) => Promise<Viewer | null>;
  /** Whether a request that changes something comes from one of our own pages. */
  readonly isOwnOrigin: (request: FastifyRequest) => boolean;
}

type AnyHandler = (call: unknown) => Promise<unknown>;

/**
 * Puts every route of the contract on the server, in front of each the same checks: who asks, whether they may, whether the request
 * is what the contract says. Handlers see only what passed.
 */
export const registerApi = (app: FastifyInstance, options: RegisterApiOptions): void => {
  for (const [name, route] of Object.entries<ApiRoute>(apiRoutes)) {
    const handle = options.handlers[name as ApiRouteName] as AnyHandler;
    app.route({
      method: route.method,
      url: route.path,
      exposeHeadRoute: false,
      handler: async (request, reply) => await answer(route, handle, options, request, reply),
    });
  }
};

const answer = async (
  route: ApiRoute,
  handle: AnyHandler,
  options: RegisterApiOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<unknown> => {
  const viewer = await options.viewerOf(request);
  if (route.access !== 'anybody' && viewer === null) throw new ApiFailure('not_signed_in');
  if (viewer?.kind === 'token' && !route.token) throw new ApiFailure('not_allowed', 'Tokens only read.');
  if (route.method !== 'GET') checkForgery(viewer, options, request);
  const params = parsed(route.params, request.params, 'not_found') as { readonly id?: string };
  const recording =
    route.access === 'may_see' && viewer !== null ? await options.access.find(viewer, params.id ?? '') : null;
  if (route.access === 'may_see' && recording === null) throw new ApiFailure('not_found');
  const query = parsed(route.query, request.query, 'bad_request');
  const body = route.body && parsed(route.body, request.body ?? {}, 'bad_request');
  const result = await handle({ viewer, recording, params, query, body, request, reply });
  if (typeof route.answer === 'string') return result;
  // What the contract does not name never leaves, whatever a handler gives.
  return reply.header('cache-control', 'no-store').send(route.answer.parse(result));
};

/** Another site can make a browser send a request with its cookie, but neither read the token nor choose the Origin. */
const checkForgery = (viewer: Viewer | null, { isOwnOrigin }: RegisterApiOptions, request: FastifyRequest): void => {
  const given = request.headers['x-parley-csrf'];
  const wanted = viewer?.kind === 'person' ? viewer.signIn.csrf : null;
  if (wanted === null || typeof given !== 'string' || !sameText(given, wanted) || !isOwnOrigin(request)) {
    throw new ApiFailure('csrf');
  }
};

const parsed = (schema: z.ZodType, value: unknown, failure: 'not_found' | 'bad_request'): unknown => {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  if (failure === 'not_found') throw new ApiFailure('not_found');
  const [issue] = result.error.issues;
  throw new ApiFailure('bad_request', `${issue?.path.join('.') || 'the request'}: ${issue?.message ?? 'invalid'}`);
};
