import { createServer as createPlain, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTls } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { type Certificate, makeCertificate } from '../../sim/src/core/certificate.ts';
import { Connection } from './connection.ts';

/** What whoever asks for a socket meets instead of one. */
export type Refusal =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** An answer as of a web site: 200, HTML, no socket. */
  | { readonly kind: 'web_page' }
  /** No answer at all, as long as they wait. */
  | { readonly kind: 'hang' };

/** Who asks for a socket. */
export interface Visit {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

export interface SocketServerOptions {
  /** Over TLS, with an authority of its own (`ca`). */
  readonly tls?: boolean;
  /** Whether a visit gets a socket; null: it does. */
  readonly admit: (visit: Visit) => Refusal | null;
  /** Speaks with a visitor that got one. */
  readonly serve: (connection: Connection) => void;
  /** Answers what is no request for a socket. */
  readonly http?: (request: IncomingMessage, response: ServerResponse) => void;
}

/** A WebSocket server on loopback, as every simulated provider has one. */
export class SocketServer implements AsyncDisposable {
  /** `http://127.0.0.1:port` or `https://…`. */
  readonly origin: string;
  /** PEM of the authority to trust; null without TLS. */
  readonly ca: string | null;
  /** All that ever got a socket, oldest first. */
  readonly connections: Connection[] = [];
  readonly visits: Visit[] = [];
  readonly #options: SocketServerOptions;
  readonly #server: Server;
  readonly #certificate: Certificate | null;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    autoPong: false,
    maxPayload: 32 * 1024 * 1024,
    perMessageDeflate: false,
  });
  readonly #held = new Set<Duplex>();
  #refusals: Refusal[] = [];

  private constructor(server: Server, certificate: Certificate | null, options: SocketServerOptions) {
    this.#server = server;
    this.#certificate = certificate;
    this.#options = options;
    this.ca = certificate?.pem ?? null;
    this.origin = `${certificate === null ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (socket: Duplex) => {
      this.#held.add(socket);
      socket.once('close', () => this.#held.delete(socket));
    });
    server.on('request', (request, response) => {
      if (options.http === undefined) response.writeHead(404).end();
      else options.http(request, response);
    });
    server.on('upgrade', (request, socket, head) => this.#upgrade(request, socket, head));
  }

  static async start(options: SocketServerOptions): Promise<SocketServer> {
    const certificate = options.tls === true ? await makeCertificate() : null;
    const server =
      certificate === null ? createPlain() : (createTls({ key: certificate.key, cert: certificate.pem }) as Server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new SocketServer(server, certificate, options);
  }

  /** What the next visits meet, in order; the ones after them are admitted as usual. */
  refuseNext(...refusals: readonly Refusal[]): void {
    this.#refusals.push(...refusals);
  }

  /** Connections that are open at the TCP level. */
  get held(): number {
    return this.#held.size;
  }

  get latest(): Connection {
    const latest = this.connections.at(-1);
    if (latest === undefined) throw new Error('nobody got a socket yet');
    return latest;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const connection of this.connections) connection.drop();
    for (const socket of this.#held) socket.destroy();
    this.#sockets.close();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await this.#certificate?.remove();
  }

  #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // As a text: a path that begins with two slashes would be taken for a host.
    const url = new URL(`${this.origin}${request.url ?? '/'}`);
    const visit: Visit = {
      path: url.pathname.replace(/\/{2,}/g, '/'),
      query: url.searchParams,
      headers: request.headers,
    };
    this.visits.push(visit);
    socket.on('error', () => socket.destroy());
    const refusal = this.#refusals.shift() ?? this.#options.admit(visit);
    if (refusal !== null) {
      refuse(socket, refusal);
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (ws) => {
      const connection = new Connection(ws, socket, visit);
      this.connections.push(connection);
      this.#options.serve(connection);
    });
  }
}

const refuse = (socket: Duplex, refusal: Refusal): void => {
  if (refusal.kind === 'hang') {
    // Their end of the connection has to be noticed all the same.
    socket.once('end', () => socket.destroy());
    socket.resume();
    return;
  }
  const { status, body, headers } =
    refusal.kind === 'web_page'
      ? { status: 200, body: '<!doctype html><title>Welcome</title>', headers: { 'content-type': 'text/html' } }
      : { headers: {}, body: '', ...refusal };
  const lines = Object.entries({
    'content-length': String(Buffer.byteLength(body)),
    connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} As told\r\n${lines.join('')}\r\n${body}`);
};
