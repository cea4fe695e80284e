import type { Clock } from '@parley/protocol';
import type { GatewayAdapter } from './gateway-adapter.ts';

/** The one voice state update that waits for its turn, or for the main gateway to come back. A newer wish replaces it. */
export class Asker implements Disposable {
  #clock: Clock;
  #adapter: GatewayAdapter;
  #send: (channelId: string | null) => void;
  #wish: { readonly channelId: string | null } | null = null;
  #timer: Disposable | null = null;

  /** `send` is called when the update may go out. */
  constructor(clock: Clock, adapter: GatewayAdapter, send: (channelId: string | null) => void) {
    this.#clock = clock;
    this.#adapter = adapter;
    this.#send = send;
  }

  ask(channelId: string | null): void {
    this.#wish = { channelId };
    this.look();
  }

  /** Sends what waits if its turn has come, or looks again when it will. */
  look(): void {
    this.#stopTimer();
    if (!this.#wish) return;
    const waitMs = this.#adapter.waitMs();
    if (waitMs === 0) {
      const { channelId } = this.#wish;
      this.#wish = null;
      this.#send(channelId);
    } else if (Number.isFinite(waitMs)) {
      this.#timer = this.#clock.setTimeout(() => this.look(), Math.ceil(waitMs));
    }
  }

  [Symbol.dispose](): void {
    this.#wish = null;
    this.#stopTimer();
  }

  #stopTimer(): void {
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
  }
}
