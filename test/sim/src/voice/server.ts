import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { type AddressInfo, createServer as createTcpServer, type Socket, type Server as TcpServer } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { type UdpHooks, UdpSocket } from '../udp/socket.ts';

export interface VoiceServerHooks {
  onConnection(socket: WebSocket, server: VoiceServer): void;
  readonly udp: (server: VoiceServer) => UdpHooks;
}

/** One voice server: websocket over TLS for signalling, one UDP socket for media. */
export class VoiceServer {
  readonly udp: UdpSocket;
  readonly #tls: { readonly key: string; readonly cert: string };
  readonly #hooks: VoiceServerHooks;
  readonly #sockets = new Set<WebSocket>();
  #http: TlsServer | null = null;
  #mute: { readonly server: TcpServer; readonly sockets: Set<Socket> } | null = null;
  #port = 0;

  constructor(tls: { key: string; cert: string }, hooks: VoiceServerHooks) {
    this.#tls = tls;
    this.#hooks = hooks;
    this.udp = new UdpSocket(hooks.udp(this));
  }

  /** `host:port`, as VOICE_SERVER_UPDATE gives it. */
  get endpoint(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Whether clients can connect. */
  get alive(): boolean {
    return this.#http !== null;
  }

  async open(): Promise<void> {
    await this.#listen();
    await this.udp.open();
  }

  /**
   * Cuts all connections and takes no new ones until {@link revive}: the port refuses, or with `hang`
   * accepts and never says a word.
   */
  async kill(how: 'refuse' | 'hang' = 'refuse'): Promise<void> {
    this.udp.close();
    await this.#stopListening();
    if (how === 'refuse') return;
    const sockets = new Set<Socket>();
    const server = createTcpServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
    });
    await new Promise<void>((resolve) => {
      server.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#mute = { server, sockets };
  }

  /** Takes connections again, on the same port. */
  async revive(): Promise<void> {
    if (this.alive) return;
    await this.#stopHanging();
    await this.open();
  }

  async close(): Promise<void> {
    this.udp.close();
    await this.#stopHanging();
    await this.#stopListening();
  }

  async #listen(): Promise<void> {
    const websockets = new WebSocketServer({ noServer: true });
    const http = createTlsServer(this.#tls);
    http.on('upgrade', (request, socket, head) => {
      websockets.handleUpgrade(request, socket, head, (websocket) => {
        this.#sockets.add(websocket);
        websocket.on('close', () => this.#sockets.delete(websocket));
        websocket.on('error', () => websocket.terminate());
        this.#hooks.onConnection(websocket, this);
      });
    });
    http.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => {
      http.listen(this.#port, '127.0.0.1', resolve);
    });
    this.#port = (http.address() as AddressInfo).port;
    this.#http = http;
  }

  async #stopListening(): Promise<void> {
    const http = this.#http;
    this.#http = null;
    for (const socket of this.#sockets) socket.terminate();
    if (!http) return;
    http.closeAllConnections();
    await new Promise((resolve) => {
      http.close(resolve);
    });
  }

  async #stopHanging(): Promise<void> {
    const mute = this.#mute;
    this.#mute = null;
    if (!mute) return;
    for (const socket of mute.sockets) socket.destroy();
    await new Promise((resolve) => {
      mute.server.close(resolve);
    });
  }
}
