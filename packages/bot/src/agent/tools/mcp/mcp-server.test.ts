import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { pino } from 'pino';
import { ToolError } from '../tool.ts';
import { McpServer, type McpServerSettings } from './mcp-server.ts';
import { freePort, referenceServer } from './testing/reference-server.ts';

const logger = pino({ level: 'silent' });
const settings = (url: string): McpServerSettings => ({
  ...{ name: 'every', url, headers: {}, allowPrivate: false, right: 'heard', timeoutMs: 5000 },
});
const use = () => ({ speakers: ['ada'], signal: new AbortController().signal });

test('the tools of the reference server are offered under its name, called, and their failures told', async () => {
  await using reference = await referenceServer();
  await using server = new McpServer(settings(reference.url), logger);
  await server.connect();
  const names = server.tools.map(({ definition }) => definition.name);
  assert.ok(names.includes('every__echo'), names.join(', '));
  const tool = (name: string) => {
    const found = server.tools.find(({ definition }) => definition.name === `every__${name}`);
    assert.ok(found, name);
    return found;
  };
  assert.equal(tool('echo').definition.parameters.type, 'object');
  assert.match(await tool('echo').run({ message: 'hello there' }, use()), /hello there/);
  assert.match(await tool('get-sum').run({ a: 2, b: 3 }, use()), /5/);
  assert.match(await tool('get-tiny-image').run({}, use()), /image, not shown/);
  await assert.rejects(tool('echo').run({ message: 7 }, use()), { name: 'ToolError' });
  assert.throws(() => tool('echo').parse([1]), { code: 'arguments_invalid' });
});

test('what a server says of a call that failed is not for the log, which would keep what people said', async () => {
  const reference = await referenceServer();
  await using server = new McpServer(settings(reference.url), logger);
  await server.connect();
  const echo = server.tools.find(({ definition }) => definition.name === 'every__echo');
  await reference[Symbol.asyncDispose]();
  await assert.rejects(
    async () => await echo?.run({ message: 'the castle at midnight' }, use()),
    (error) => error instanceof ToolError && error.code === 'unavailable' && !/midnight/.test(inspect(error)),
  );
});

test('a call that is given up is told to be', async () => {
  await using reference = await referenceServer();
  await using server = new McpServer(settings(reference.url), logger);
  await server.connect();
  const slow = server.tools.find(({ definition }) => definition.name === 'every__trigger-long-running-operation');
  assert.ok(slow);
  const wish = new AbortController();
  const running = slow.run({ duration: 60, steps: 2 }, { speakers: [], signal: wish.signal });
  wish.abort(new Error('not wanted'));
  await assert.rejects(running, /not wanted/);
});

test('a server that cannot be reached, or speaks something else, has no tools and fails nothing', async () => {
  await using none = new McpServer(settings(`http://127.0.0.1:${await freePort()}/mcp`), logger);
  await none.connect();
  assert.deepEqual(none.tools, []);
  const web = createServer((_request, response) => response.end('<html>'));
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  await using page = new McpServer(settings(`http://127.0.0.1:${(web.address() as AddressInfo).port}/`), logger);
  await page.connect();
  assert.deepEqual(page.tools, []);
  web.closeAllConnections();
  await new Promise((resolve) => web.close(resolve));
});

test('a server with a private address is not asked', async () => {
  await using server = new McpServer(settings('http://192.168.7.7/mcp'), logger);
  await server.connect();
  assert.deepEqual(server.tools, []);
});

/** A server of a few lines that answers what a client asks first with these tools. */
const tinyServer = async (tools: readonly object[]) => {
  const web = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      if (request.method !== 'POST') {
        response.writeHead(405).end();
        return;
      }
      const { id, method } = JSON.parse(body) as { id?: number; method: string };
      if (id === undefined) {
        response.writeHead(202).end();
        return;
      }
      const serverInfo = { name: 'tiny', version: '1' };
      const hello = { protocolVersion: '2025-06-18', capabilities: { tools: {} }, serverInfo };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result: method === 'initialize' ? hello : { tools } }));
    });
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(web.address() as AddressInfo).port}/mcp`,
    [Symbol.asyncDispose]: async () => {
      web.closeAllConnections();
      await new Promise((resolve) => web.close(resolve));
    },
  };
};

test('a tool that takes too long to describe is not offered: the model is paid to read it', async () => {
  const long = { type: 'object', properties: { a: { type: 'string', description: 'x'.repeat(9000) } } };
  await using web = await tinyServer([
    { name: 'long', inputSchema: long },
    { name: 'brief', inputSchema: { type: 'object' } },
  ]);
  await using server = new McpServer(settings(web.url), logger);
  await server.connect();
  assert.deepEqual(
    server.tools.map(({ definition }) => definition.name),
    ['every__brief'],
  );
});

test('a server that repeats the key it was sent does not bring it into the log', async () => {
  const lines: string[] = [];
  const log = pino({}, { write: (line: string) => lines.push(line) });
  const web = createServer((request, response) => {
    response.writeHead(403).end(`no entry with ${request.headers.authorization}`);
  });
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(web.address() as AddressInfo).port}/`;
  await using server = new McpServer({ ...settings(url), headers: { authorization: 'Token sesame-open' } }, log);
  await server.connect();
  web.closeAllConnections();
  await new Promise((resolve) => web.close(resolve));
  assert.match(lines.join(''), /cannot be used/);
  assert.doesNotMatch(lines.join(''), /sesame/);
});
