import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { pageHeaders } from './page-headers.ts';

/** Names of files under `assets/` hold a hash of what is in them. */
const foreverSeconds = 31_536_000;

/** Serves the built pages: `/` and `/s/:id` are one document that finds its way by itself; its files stand beside it. */
export const servePages = async (app: FastifyInstance, dist: string): Promise<void> => {
  const index = await readFile(join(dist, 'index.html'), 'utf8');
  const page = async (_request: unknown, reply: FastifyReply) =>
    reply.headers(pageHeaders).header('cache-control', 'no-cache').type('text/html; charset=utf-8').send(index);
  app.get('/', page);
  app.get('/s/:id', page);
  await app.register(fastifyStatic, {
    root: dist,
    wildcard: false,
    index: false,
    dotfiles: 'ignore',
    globIgnore: ['index.html', '*.sha256'],
    setHeaders: (reply, path) => {
      const isHashed = path.includes('/assets/');
      reply.header('cache-control', isHashed ? `public, max-age=${foreverSeconds}, immutable` : 'public, max-age=3600');
    },
  });
};
