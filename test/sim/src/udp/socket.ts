import { createSocket, type Socket } from 'node:dgram';
import { nowUs } from '../core/mono-clock.ts';
import { discoveryAnswer, readDiscovery } from './discovery.ts';

export interface UdpAddress {
  readonly address: string;
  readonly port: number;
}

export interface UdpHooks {
  /** A client told its address by discovery; false when nobody has that SSRC. */
  onDiscovery(ssrc: number, from: UdpAddress): boolean;
  onDatagram(datagram: Buffer, from: UdpAddress): void;
}

/** The media socket of one voice server. */
export class UdpSocket {
  readonly #hooks: UdpHooks;
  #socket: Socket | null = null;
  #port = 0;
  #darkUntilUs = 0;
  /** Datagrams that fell into a black hole, both directions. */
  swallowed = 0;

  constructor(hooks: UdpHooks) {
    this.#hooks = hooks;
  }

  get port(): number {
    return this.#port;
  }

  async open(): Promise<void> {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20, sendBufferSize: 1 << 20 });
    socket.on('message', (datagram, from) => this.#receive(datagram, from));
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      socket.bind(this.#port, '127.0.0.1', resolve);
    });
    this.#port = socket.address().port;
    this.#socket = socket;
  }

  /** Sends; false when the datagram went nowhere. */
  send(datagram: Buffer, to: UdpAddress): boolean {
    if (!this.#socket || this.#isDark()) return false;
    this.#socket.send(datagram, to.port, to.address);
    return true;
  }

  /** Swallows every datagram, in and out, for `ms` milliseconds. */
  blackhole(ms: number): void {
    this.#darkUntilUs = nowUs() + ms * 1_000;
  }

  close(): void {
    this.#socket?.close();
    this.#socket = null;
  }

  #isDark(): boolean {
    if (nowUs() >= this.#darkUntilUs) return false;
    this.swallowed += 1;
    return true;
  }

  #receive(datagram: Buffer, from: UdpAddress): void {
    if (this.#isDark()) return;
    const ssrc = readDiscovery(datagram);
    if (ssrc === null) this.#hooks.onDatagram(datagram, from);
    else if (this.#hooks.onDiscovery(ssrc, from)) this.send(discoveryAnswer(ssrc, from.address, from.port), from);
  }
}
