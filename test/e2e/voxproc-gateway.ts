import { once } from 'node:events';
import type { DiscordSim } from '@parley/sim';

type Json = Record<string, unknown>;

/** The main gateway as the supervisor sees it, without a client library: identifies, hands dispatches on, sends op 4. */
export class RawGateway implements AsyncDisposable {
  #socket: WebSocket;
  #heartbeat: NodeJS.Timeout | undefined;
  #sequence: number | null = null;
  readonly ready: Promise<void>;

  private constructor(socket: WebSocket, token: string, onDispatch: (type: string, data: Json) => void) {
    this.#socket = socket;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.ready = promise;
    socket.addEventListener('close', () => reject(new Error('the main gateway closed before it was ready')));
    socket.addEventListener('message', ({ data }) => {
      const { op, d, s, t } = JSON.parse(String(data)) as { op: number; d: Json; s: number | null; t: string };
      if (s !== null && s !== undefined) this.#sequence = s;
      if (op === 10) this.#identify(token, Number(d.heartbeat_interval));
      if (op !== 0) return;
      if (t === 'READY') resolve();
      onDispatch(t, d);
    });
  }

  static async connect(sim: DiscordSim, onDispatch: (type: string, data: Json) => void): Promise<RawGateway> {
    const answer = await fetch(`${sim.apiBase}/v10/gateway/bot`, { headers: { authorization: `Bot ${sim.botToken}` } });
    const { url } = (await answer.json()) as { url: string };
    const gateway = new RawGateway(new WebSocket(`${url}?v=10&encoding=json`), sim.botToken, onDispatch);
    await gateway.ready;
    return gateway;
  }

  send(payload: { readonly op: number; readonly d: unknown }): void {
    this.#socket.send(JSON.stringify(payload));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#heartbeat);
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const closed = once(this.#socket, 'close');
    this.#socket.close(1000);
    await closed;
  }

  #identify(token: string, everyMs: number): void {
    this.#heartbeat = setInterval(() => this.send({ op: 1, d: this.#sequence }), everyMs);
    const properties = { os: 'linux', browser: 'parley', device: 'parley' };
    // Guilds and their voice states.
    this.send({ op: 2, d: { token, intents: 1 | 128, properties } });
  }
}
