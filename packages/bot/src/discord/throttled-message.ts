import type { Clock } from '@parley/protocol';
import type { UserMessage } from '../notify/index.ts';
import type { SentMessage } from '../session/discord-port.ts';
import type { Background } from '../vox/background.ts';

/** Milliseconds between two edits of one message. */
export const editIntervalMs = 5000;

export interface ThrottledMessageOptions {
  readonly clock: Clock;
  readonly background: Background;
  /** Posts the first version; rejecting leaves the message unposted, and the next version tries again. */
  readonly post: (message: UserMessage) => Promise<SentMessage>;
}

/**
 * One message that follows what it shows: posted once, then edited, at least 5 s apart. Of versions that come faster only the last is
 * shown. Disposing shows nothing further; what waits is dropped.
 */
export class ThrottledMessage implements Disposable {
  #options: ThrottledMessageOptions;
  #sent: SentMessage | null;
  #next: UserMessage | null = null;
  #timer: Disposable | null = null;
  #writing: Promise<void> | null = null;
  #lastUs = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  /** @param sent a message to go on with, instead of posting one. */
  constructor(options: ThrottledMessageOptions, sent: SentMessage | null = null) {
    this.#options = options;
    this.#sent = sent;
  }

  /** The message, once it stands. */
  get sent(): SentMessage | null {
    return this.#sent;
  }

  /** Shows this version, at once or when it is time. */
  show(message: UserMessage): void {
    if (this.#isClosed) return;
    this.#next = message;
    this.#schedule();
  }

  /** Shows this version at once, as the last one; resolves when it stands. @throws what Discord answers. */
  async finish(message: UserMessage): Promise<void> {
    this[Symbol.dispose]();
    await this.#writing;
    await this.#write(message);
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#next = null;
    this.#timer?.[Symbol.dispose]();
    this.#timer = null;
  }

  #schedule(): void {
    if (this.#timer || this.#writing || this.#next === null) return;
    const { clock } = this.#options;
    const waitMs = editIntervalMs - (clock.monotonicUs() - this.#lastUs) / 1000;
    if (waitMs <= 0) this.#flush();
    else {
      this.#timer = clock.setTimeout(() => {
        this.#timer = null;
        this.#flush();
      }, waitMs);
    }
  }

  #flush(): void {
    const message = this.#next;
    if (message === null) return;
    this.#next = null;
    const { background, clock } = this.#options;
    background.run('message edit', async () => {
      this.#writing = this.#write(message);
      try {
        await this.#writing;
      } finally {
        this.#writing = null;
        this.#lastUs = clock.monotonicUs();
        this.#schedule();
      }
    });
  }

  async #write(message: UserMessage): Promise<void> {
    if (this.#sent) await this.#sent.edit(message);
    else this.#sent = await this.#options.post(message);
  }
}
