import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { type Certificate, makeCertificate } from '../core/certificate.ts';
import { VoiceServer } from './server.ts';

let certificate: Certificate;

before(async () => {
  certificate = await makeCertificate();
});

after(() => certificate.remove());

const open = async (): Promise<VoiceServer> => {
  const udp = (): { onDiscovery: () => boolean; onDatagram: () => void } => ({
    onDiscovery: () => true,
    onDatagram: () => undefined,
  });
  const onConnection = (socket: WebSocket): void => socket.send('hello');
  const server = new VoiceServer({ key: certificate.key, cert: certificate.pem }, { onConnection, udp });
  await server.open();
  return server;
};

/** What a client meets at the server: its greeting, or the error. */
const meet = async (server: VoiceServer, timeoutMs = 30_000): Promise<string> => {
  const socket = new WebSocket(`wss://${server.endpoint}?v=8`, { ca: certificate.pem, handshakeTimeout: timeoutMs });
  const greeting = once(socket, 'message').then(([data]) => String(data));
  const failure = once(socket, 'error').then(([error]) => (error as NodeJS.ErrnoException).code ?? String(error));
  const met = await Promise.race([greeting, failure]).catch(String);
  socket.on('error', () => undefined);
  socket.terminate();
  return met;
};

test('a server that is killed cuts its clients and refuses new ones until it is revived on the same port', async () => {
  const server = await open();
  const { endpoint } = server;
  const client = new WebSocket(`wss://${endpoint}?v=8`, { ca: certificate.pem });
  await once(client, 'message');
  const closed = once(client, 'close');
  await server.kill();
  assert.equal((await closed)[0], 1006);
  assert.match(await meet(server), /ECONNREFUSED/);
  await server.revive();
  assert.equal(server.endpoint, endpoint);
  assert.equal(await meet(server), 'hello');
  await server.close();
});

test('a server that hangs accepts connections and says nothing', async () => {
  const server = await open();
  await server.kill('hang');
  const [host = '', port = ''] = server.endpoint.split(':');
  const socket = connect(Number(port), host);
  await once(socket, 'connect');
  socket.destroy();
  assert.match(await meet(server, 250), /timed out/);
  await server.revive();
  assert.equal(await meet(server), 'hello');
  await server.close();
});
