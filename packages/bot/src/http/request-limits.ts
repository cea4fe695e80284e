import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance } from 'fastify';

/**
 * Requests one address may send within a minute. A page of 25 people asks for some thirty things at once, and a player for many parts of a
 * file; nobody signs in twenty times.
 */
export const requestLimits = { api: 600, signIn: 20, page: 1200, download: 1200 } as const;

/** Bounds what one address may ask of the routes that are added to this scope afterwards. */
export const limitRequests = async (scope: FastifyInstance, what: keyof typeof requestLimits): Promise<void> => {
  await scope.register(rateLimit, {
    max: requestLimits[what],
    timeWindow: 60_000,
    errorResponseBuilder: () =>
      Object.assign(new Error('Too many requests. Wait a minute.'), { statusCode: 429, code: 'rate_limited' }),
  });
};
