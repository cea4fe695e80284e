import type { FastifyRequest } from 'fastify';

/**
 * Whether a request that changes something was made by one of our own pages. Browsers send `Origin` with every POST (Fetch standard);
 * a request without it comes from no page, and then `Sec-Fetch-Site` may not name another site either.
 */
export const ownOrigin =
  (origins: () => readonly string[]) =>
  (request: FastifyRequest): boolean => {
    const { origin } = request.headers;
    if (typeof origin === 'string') return origins().includes(origin);
    const site = request.headers['sec-fetch-site'];
    return site === undefined || site === 'same-origin' || site === 'none';
  };
