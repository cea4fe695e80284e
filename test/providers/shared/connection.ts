import type { Duplex } from 'node:stream';
import { WebSocket } from 'ws';
import type { Visit } from './socket-server.ts';

/** A message as it came: an object nobody has looked at. */
export type Message = { readonly [key: string]: unknown };

interface Waiter {
  readonly wants: (messages: readonly Message[]) => boolean;
  readonly resolve: () => void;
}

/** One visitor of a simulated provider: what they said, and a voice to answer with. */
export class Connection {
  readonly visit: Visit;
  /** Every message of the visitor, oldest first. */
  readonly received: Message[] = [];
  /** How the visitor's socket ended; null while it is open. */
  ended: { readonly code: number; readonly reason: string } | null = null;
  /** Whether pings are answered. */
  answersPings = true;
  readonly #ws: WebSocket;
  readonly #socket: Duplex;
  #hear: (message: Message) => void = () => undefined;
  #gone: () => void = () => undefined;
  #waiters: Waiter[] = [];

  constructor(ws: WebSocket, socket: Duplex, visit: Visit) {
    this.#ws = ws;
    this.#socket = socket;
    this.visit = visit;
    ws.on('error', () => ws.terminate());
    ws.on('message', (data) => {
      const message = JSON.parse(String(data)) as Message;
      this.received.push(message);
      this.#hear(message);
      this.#look();
    });
    ws.on('ping', (data) => {
      if (this.answersPings) ws.pong(data, false, () => undefined);
    });
    ws.on('close', (code, reason) => {
      this.ended = { code, reason: String(reason) };
      this.#gone();
      this.#look();
    });
  }

  get isOpen(): boolean {
    return this.#ws.readyState === WebSocket.OPEN;
  }

  /** Who hears the messages, and the end, from here on. */
  attend(hear: (message: Message) => void, gone: () => void): void {
    this.#hear = hear;
    this.#gone = gone;
  }

  send(message: object): void {
    this.sendRaw(JSON.stringify(message));
  }

  /** Sends what may be no message at all. */
  sendRaw(data: string | Buffer): void {
    if (this.isOpen) this.#ws.send(data, () => undefined);
  }

  close(code: number, reason: string): void {
    this.#ws.close(code, reason);
  }

  /** Breaks the connection without a goodbye. */
  drop(): void {
    this.#ws.terminate();
  }

  /** Reads nothing more: what the visitor sends stays in the network, and nothing is answered, pings and goodbyes included. */
  stopReading(): void {
    this.#socket.pause();
  }

  /** Types of what was received, where messages have one. */
  get types(): readonly string[] {
    return this.received.map((message) => String(message.type));
  }

  /** Messages of one type. */
  ofType(type: string): readonly Message[] {
    return this.received.filter((message) => message.type === type);
  }

  /** Resolves as soon as what was received satisfies `wants`; the test's own time limit ends a wait in vain. */
  async until(wants: (messages: readonly Message[]) => boolean): Promise<void> {
    if (wants(this.received)) return;
    await new Promise<void>((resolve) => this.#waiters.push({ wants, resolve }));
  }

  /** Resolves as soon as `count` messages of a type were received. */
  async untilType(type: string, count = 1): Promise<void> {
    await this.until(() => this.ofType(type).length >= count);
  }

  /** Resolves when the visitor's socket is closed. */
  async untilEnded(): Promise<void> {
    await this.until(() => this.ended !== null);
  }

  #look(): void {
    const due = this.#waiters.filter(({ wants }) => wants(this.received));
    this.#waiters = this.#waiters.filter((waiter) => !due.includes(waiter));
    for (const { resolve } of due) resolve();
  }
}
