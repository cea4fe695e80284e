import type { WebSocket } from 'ws';
import type { Dispatch, Viewer } from './dispatch.ts';

/** Dispatches kept for a resume; a client that is further behind must identify again. */
const BUFFER_LIMIT = 2_000;

/** One identified gateway session: it outlives its socket, so that a dropped client can resume. */
export class GatewaySession {
  readonly id: string;
  readonly viewer: Viewer;
  /** False once the client may no longer resume. */
  resumable = true;
  #socket: WebSocket | null;
  #sequence = 0;
  #dropped = 0;
  readonly #buffer: { readonly sequence: number; readonly text: string }[] = [];

  constructor(id: string, viewer: Viewer, socket: WebSocket) {
    this.id = id;
    this.viewer = viewer;
    this.#socket = socket;
  }

  get socket(): WebSocket | null {
    return this.#socket;
  }

  dispatch({ t, d }: Dispatch): void {
    this.#sequence += 1;
    const text = JSON.stringify({ op: 0, s: this.#sequence, t, d });
    this.#buffer.push({ sequence: this.#sequence, text });
    if (this.#buffer.length > BUFFER_LIMIT) {
      this.#buffer.shift();
      this.#dropped += 1;
    }
    this.#socket?.send(text);
  }

  detach(socket: WebSocket): void {
    if (this.#socket === socket) this.#socket = null;
  }

  /** Takes a new socket and sends again what came after `sequence`; false when that is no longer known. */
  resume(socket: WebSocket, sequence: number): boolean {
    if (!this.resumable || sequence < this.#dropped || sequence > this.#sequence) return false;
    this.#socket?.terminate();
    this.#socket = socket;
    for (const entry of this.#buffer) if (entry.sequence > sequence) socket.send(entry.text);
    this.dispatch({ t: 'RESUMED', d: {} });
    return true;
  }
}
