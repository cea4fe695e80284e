import { type Clock, ProtocolError } from '@parley/protocol';
import { FRAME_MS } from '../clock/playout-clock.ts';
import type { FrameOutput } from '../voice-output.ts';
import { readSound } from './sound-file.ts';
import type { SoundFrames, SoundSource } from './sound-source.ts';

/** How long a sound waits for encryption, milliseconds. */
const READY_WAIT_MS = 3000;
const READY_STEP_MS = 20;
/** Sounds that may wait for their turn. */
const MAX_WAITING = 4;

export interface SoundPlayed {
  /** Milliseconds of sound that were sent. */
  readonly playedMs: number;
  /** Frames that were not, because encryption or connection was not ready at their time. */
  readonly droppedFrames: number;
}

export interface SoundPlayerOptions {
  readonly clock: Clock;
  readonly output: Pick<FrameOutput, 'ready'>;
  readonly source: SoundSource;
  readonly onDropped: (frames: number) => void;
}

/** Plays sounds one after the other. */
export class SoundPlayer implements Disposable {
  #options: SoundPlayerOptions;
  #turn: Promise<unknown> = Promise.resolve();
  /** The one that plays and those that wait. */
  #admitted = 0;
  #over = false;

  constructor(options: SoundPlayerOptions) {
    this.#options = options;
  }

  /**
   * Plays an Ogg Opus file. Frames whose time comes while nothing may be sent are dropped, not delayed.
   * @throws ProtocolError `file_unreadable`; `encryption_not_ready` when nothing may be sent for 3 s; `aborted` when too many wait or
   * the session ends.
   */
  async play(file: string): Promise<SoundPlayed> {
    return await this.#admit(() => readSound(file));
  }

  /**
   * Plays 20 ms Opus frames, null being silence.
   * @param signal takes it back: nothing of it is sent any more
   * @throws ProtocolError as `play`, but for the file; what the signal gives as its reason
   */
  async playFrames(frames: SoundFrames, signal?: AbortSignal): Promise<SoundPlayed> {
    return await this.#admit(async () => frames, signal);
  }

  [Symbol.dispose](): void {
    this.#over = true;
  }

  /** Takes a sound among those that wait, counted from the call on; it is read meanwhile, and played in its turn. */
  async #admit(load: () => Promise<SoundFrames>, signal?: AbortSignal): Promise<SoundPlayed> {
    if (this.#admitted > MAX_WAITING) throw new ProtocolError('aborted', 'sound.play: too many sounds wait already');
    this.#admitted += 1;
    try {
      const loading = load();
      loading.catch(() => undefined); // met in its turn
      return await this.#inTurn(async () => {
        const frames = await loading;
        await this.#awaitReady(signal);
        return await this.#play(frames, signal);
      });
    } finally {
      this.#admitted -= 1;
    }
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(task);
    this.#turn = mine.catch(() => {});
    return mine;
  }

  async #play(frames: SoundFrames, signal: AbortSignal | undefined): Promise<SoundPlayed> {
    signal?.throwIfAborted();
    const { source } = this.#options;
    using scope = new DisposableStack();
    if (signal) {
      const stop = () => source.stop(frames);
      signal.addEventListener('abort', stop);
      scope.defer(() => signal.removeEventListener('abort', stop));
    }
    const sent = this.#over ? 0 : await source.play(frames);
    signal?.throwIfAborted();
    const droppedFrames = frames.length - sent;
    if (droppedFrames > 0) this.#options.onDropped(droppedFrames);
    return { playedMs: sent * FRAME_MS, droppedFrames };
  }

  async #awaitReady(signal: AbortSignal | undefined): Promise<void> {
    const { clock, output } = this.#options;
    for (let waitedMs = 0; !output.ready; waitedMs += READY_STEP_MS) {
      signal?.throwIfAborted();
      if (this.#over) throw new ProtocolError('aborted', 'sound.play: the session has ended');
      if (waitedMs >= READY_WAIT_MS) {
        throw new ProtocolError('encryption_not_ready', 'sound.play: nothing may be sent: encryption is not ready');
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      clock.setTimeout(resolve, READY_STEP_MS);
      await promise;
    }
  }
}
