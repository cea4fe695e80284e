import { createServer } from 'node:net';
import { type Finding, problem } from './finding.ts';

/** Whether the HTTP server could listen there, by listening for a moment; 0 is any free port. null: it could. */
export const checkPort = async (host: string, port: number): Promise<Finding | null> => {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<Finding | null>();
  server.once('error', (error: NodeJS.ErrnoException) =>
    resolve(
      error.code === 'EADDRINUSE'
        ? problem(
            'port_in_use',
            `Port ${port} on ${host} is in use by another program. Stop it, or choose another with PARLEY_HTTP_PORT (0 = any free one).`,
          )
        : problem(
            'address_unavailable',
            `The HTTP server cannot listen on ${host}:${port} (${error.code ?? error.message}). Check PARLEY_HTTP_HOST and PARLEY_HTTP_PORT.`,
          ),
    ),
  );
  server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  return await promise;
};
