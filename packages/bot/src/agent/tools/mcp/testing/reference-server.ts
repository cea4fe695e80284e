import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

/** A port nobody listens on now. */
export const freePort = async (): Promise<number> => {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
};

/** The reference server of the protocol's own project, as it comes from npm. */
export const referenceServer = async () => {
  const require = createRequire(join(import.meta.dirname, '../../../../../../../package.json'));
  const folder = dirname(require.resolve('@modelcontextprotocol/server-everything/package.json'));
  const port = await freePort();
  const child = spawn(process.execPath, [join(folder, 'dist/index.js'), 'streamableHttp'], {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ready = Promise.withResolvers<void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (/listening/i.test(line)) ready.resolve();
    });
  }
  child.on('exit', () => ready.reject(new Error('the MCP server ended')));
  await ready.promise;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    [Symbol.asyncDispose]: async () => {
      child.removeAllListeners('exit');
      const exited = once(child, 'exit');
      child.kill();
      await exited;
    },
  };
};
